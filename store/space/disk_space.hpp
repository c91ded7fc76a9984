#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "store/space/growth.hpp"
#include "store/space/reserve_file.hpp"
#include "store/values/mutex.hpp"
#include "store/values/time.hpp"

namespace gatehouse {

/// What a file system says of itself.
struct FreeSpace {
  std::int64_t free_bytes = 0;  ///< as far as this process may write them
  std::int64_t total_bytes = 0;
};
/// nullopt: the file system does not answer.
[[nodiscard]] std::optional<FreeSpace> measure_space(const std::filesystem::path& folder);

struct SpaceOptions {
  std::filesystem::path folder;    ///< where ledger and cache lie, and `reserve` is made
  std::int64_t reserve_bytes = 0;  ///< 0: none, and one of an earlier run is removed
  /// Counts on while the machine sleeps, and is never set.
  std::move_only_function<milliseconds() const> since_boot;
  std::move_only_function<std::optional<FreeSpace>(const std::filesystem::path&) const> measure =
      measure_space;
};

/// As of the last look.
struct SpaceFacts {
  std::optional<FreeSpace> measured{};    ///< nullopt: not yet, or the file system does not answer
  std::int64_t reserve_bytes = 0;         ///< kept now
  std::int64_t reserve_wanted_bytes = 0;  ///< store.reserve
  bool reserve_given_up = false;          ///< since the start, and not taken back yet
  std::string reserve_trouble{};          ///< why it cannot be made, '' while it can
  std::optional<std::int64_t> growth_bytes_a_day{};  ///< of what the whole disk holds
};

/// The reserve is made, or taken back, only while twice as much is there, so that it takes nothing
/// from anybody who is about to need it. Pure.
[[nodiscard]] bool may_reserve(std::int64_t free_bytes, std::int64_t held_bytes,
                               std::int64_t wanted_bytes);

/// The space of the disk under the state folder: how much is free, how fast that goes, and a
/// reserve that is given up for carts once nothing else is left. Of the ledger thread, which may
/// wait for the disk; facts() is anybody's.
class DiskSpace {
 public:
  explicit DiskSpace(SpaceOptions options);

  static constexpr std::chrono::seconds look_interval{5};
  /// So long after it was given up, or could not be made, the reserve is tried again: longer each
  /// time that it was given up, for where it does not help (a quota, no inodes) it would come and
  /// go.
  static constexpr std::chrono::seconds reserve_pause{30};
  static constexpr std::chrono::seconds reserve_pause_max{1920};
  /// It is made in pieces of this, one a look, so that no cart waits for all of it.
  static constexpr std::int64_t piece_bytes = std::int64_t{8} * 1024 * 1024;

  /// Measures, and makes the reserve or a piece of it, where that is due. With every turn.
  void look(SteadyTime now);
  /// Frees what the reserve keeps, for a write that the disk has no room for. True: the batch
  /// is worth another try, with the space or, where the disk took that neither, without the one
  /// that lacks it. holds_reserve() is false then. False: there was nothing.
  [[nodiscard]] bool give_up(SteadyTime now);
  /// Whether give_up() may free anything.
  [[nodiscard]] bool holds_reserve() const { return reserve_.held_bytes() > 0 && !is_stuck_; }

  /// Thread-safe; waits for no disk.
  [[nodiscard]] SpaceFacts facts() const;

 private:
  void tend_reserve(std::int64_t free_bytes, SteadyTime now);
  Result<bool> change_reserve(std::int64_t free_bytes);

  const SpaceOptions options_;
  ReserveFile reserve_;
  bool is_stuck_ = false;  ///< it could not be given up
  SteadyTime reserve_again_at_;
  std::chrono::seconds pause_ = reserve_pause;
  SteadyTime look_again_at_;
  Growth growth_;

  mutable Mutex facts_mutex_;  ///< its holder waits for nothing
  SpaceFacts facts_ GUARDED_BY(facts_mutex_);
};

}  // namespace gatehouse
