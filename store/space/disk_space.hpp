#pragma once

#include <atomic>
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
  std::filesystem::path folder;              ///< where ledger and cache lie, and `reserve` is made
  std::int64_t reserve_bytes = 0;            ///< 0: none, and one of an earlier run is removed
  std::function<milliseconds()> since_boot;  ///< counts on while the machine sleeps, is never set
  std::function<std::optional<FreeSpace>(const std::filesystem::path&)> measure = measure_space;
};

/// As of the last look.
struct SpaceFacts {
  std::optional<FreeSpace> measured{};  ///< nullopt: not yet, or the file system does not answer
  bool is_low = false;
  std::int64_t reserve_bytes = 0;                    ///< kept now
  std::int64_t reserve_wanted_bytes = 0;             ///< store.reserve
  bool reserve_given_up = false;                     ///< since the start, and not taken back yet
  std::string reserve_trouble{};                     ///< why it cannot be made, '' while it can
  std::optional<std::int64_t> growth_bytes_a_day{};  ///< of what the whole disk holds
};

/// Below this a disk is low; it is no more once half as much again is free. At most 64 MiB, which
/// is what the log of cache.db may take, and at least 16 MiB. Pure.
[[nodiscard]] std::int64_t low_water_bytes(std::int64_t reserve_bytes);
[[nodiscard]] bool is_low(std::int64_t free_bytes, std::int64_t low_water, bool was_low);
/// The reserve is made, or taken back, only while twice as much is there, so that it takes nothing
/// from anybody who is about to need it. Pure.
[[nodiscard]] bool may_reserve(std::int64_t free_bytes, std::int64_t held_bytes,
                               std::int64_t wanted_bytes);

/// The space of the disk under the state folder: how much is free, how fast that goes, and a
/// reserve that is given up for carts and blocks once nothing else is left.
class DiskSpace {
 public:
  explicit DiskSpace(SpaceOptions options);

  static constexpr std::chrono::seconds look_interval{5};
  /// So long after it was given up, or could not be made, the reserve is tried again.
  static constexpr std::chrono::seconds reserve_pause{30};
  /// It is made in pieces of this, one a look, so that no cart waits for all of it.
  static constexpr std::int64_t piece_bytes = std::int64_t{8} * 1024 * 1024;

  /// Measures, and makes the reserve or a piece of it, where that is due. May wait for the disk:
  /// the ledger thread alone calls it, with every turn.
  void look(SteadyTime now);
  /// Frees what the reserve keeps, for a write that the disk has no room for. True: there was
  /// something, so the write is worth another try. May wait for the disk. Thread-safe.
  [[nodiscard]] bool give_up(SteadyTime now);

  /// Thread-safe, never blocks.
  [[nodiscard]] bool is_low() const noexcept { return is_low_; }
  /// Whether give_up() would free anything. Thread-safe, never blocks.
  [[nodiscard]] bool holds_reserve() const noexcept { return held_bytes_ > 0; }
  /// Thread-safe; waits for no disk.
  [[nodiscard]] SpaceFacts facts() const;

 private:
  void tend_reserve(std::int64_t free_bytes, SteadyTime now);
  Result<bool> change_reserve(std::int64_t free_bytes);

  const SpaceOptions options_;
  std::atomic<bool> is_low_ = false;
  std::atomic<std::int64_t> held_bytes_ = 0;

  Mutex reserve_mutex_;  ///< its holder may wait for the disk
  ReserveFile reserve_ GUARDED_BY(reserve_mutex_);

  mutable Mutex facts_mutex_;  ///< its holder waits for nothing
  SpaceFacts facts_ GUARDED_BY(facts_mutex_);
  SteadyTime reserve_again_at_ GUARDED_BY(facts_mutex_);

  // Of the thread that looks.
  SteadyTime look_again_at_;
  Growth growth_;
};

}  // namespace gatehouse
