#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "store/cache/cache.hpp"
#include "tests/child/child.hpp"
#include "tests/store/disk/fault_disk.hpp"
#include "tests/store/disk/image.hpp"

namespace gatehouse::store {

/// A fault of a cache that a story must find.
enum class PlantedInCache {
  nothing,
  cursor_before_the_data,  ///< in a commit of its own
};

/// A short life of the real cache, its writer and its reader, on a disk that fails: batches of the
/// feed, scans, kills and power cuts. Beside it a second cache, whose disk is well, is given the
/// batches that the first one took.
///
/// (1) After a power cut the cache says exactly what it said after some batch, whose cursor it has;
/// otherwise after the last one that it took. (2) What a scan is answered is what the batches say,
/// or an error. (3) A failure is told as an error, with a message, and not as damage. (4) A passing
/// fault never empties it. (5) Once the disk is well, the next batch is taken, without a restart,
/// and so is each scan answered. (6) The file is whole.
class CacheStory {
 public:
  explicit CacheStory(std::uint64_t seed, PlantedInCache planted = PlantedInCache::nothing);

  void live();
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
  [[nodiscard]] const std::vector<std::string>& chronicle() const { return chronicle_; }

 private:
  struct Batch {
    std::vector<ShopperChange> changes;
    FeedPosition position;
  };

  void play();
  bool go_wrong();
  void well();
  [[nodiscard]] Batch draw();
  [[nodiscard]] ShopperChange draw_change();
  [[nodiscard]] Result<> apply(const Batch& batch);
  void feed();
  void scan();
  void end_process();
  void restart();
  void open();
  [[nodiscard]] bool try_to_open();
  void come_back();
  void settle(bool may_be_older);
  void go_back_to(std::size_t batches);
  void compare();
  void check(const Error& error);

  [[nodiscard]] std::size_t below(std::size_t end) { return random_() % end; }
  void note(std::string event) { chronicle_.push_back(std::move(event)); }
  void complain(std::string complaint);

  const PlantedInCache planted_;
  std::mt19937_64 random_;
  child::TemporaryFolder folder_;
  child::TemporaryFolder shadow_folder_;
  std::filesystem::path file_ = folder_.path() / "cache.db";
  FaultDisk disk_;
  bool faulty_ = false;

  const HashKey key_;
  CacheVersion version_;
  std::optional<CacheWriter> writer_;
  std::optional<CacheReader> reader_;
  CacheVersion shadow_version_;
  int shadows_ = 0;
  std::optional<CacheWriter> shadow_;
  std::optional<CacheReader> shadow_reader_;

  std::vector<Batch> taken_;
  std::optional<Batch> in_doubt_;  ///< the last one, and it was answered as failed
  int drawn_ = 0;

  std::vector<std::string> complaints_;
  std::vector<std::string> chronicle_;
};

}  // namespace gatehouse::store
