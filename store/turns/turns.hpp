#pragma once

#include <atomic>
#include <cstdint>

#include "store/values/disk_time.hpp"
#include "store/values/time.hpp"

namespace gatehouse {

/// Counts what one thread does, turn by turn: the proof that it goes on. A thread with nothing to
/// do turns, too. The thread counts; any other may read. Outlives it.
class Turns {
 public:
  /// Work is cut so that no turn computes for longer.
  static constexpr milliseconds long_turn{100};

  /// `disk`: what the thread waits for, which is no standing still; null: nobody has patience with
  /// that. Outlives this.
  explicit Turns(const DiskTime* disk = nullptr) noexcept : disk_(disk) {}

  /// The thread is started: its first turn is a turn from now on.
  void begin(SteadyTime now) noexcept;
  /// The thread has done another turn, and computed for so long in it.
  void count(SteadyTime now, std::chrono::nanoseconds computed) noexcept;

  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  /// How many of them were longer than long_turn.
  [[nodiscard]] std::uint64_t long_ones() const noexcept { return long_ones_; }
  /// What the longest has computed.
  [[nodiscard]] std::chrono::nanoseconds longest() const noexcept { return longest_; }
  /// How long the turn that it is in has taken so far, what it waited for the disk taken off; 0:
  /// it was not started.
  [[nodiscard]] milliseconds still(SteadyTime now) const noexcept;

 private:
  [[nodiscard]] milliseconds disk_spent(SteadyTime now) const noexcept;

  const DiskTime* disk_;
  std::atomic<std::uint64_t> total_ = 0;
  std::atomic<std::uint64_t> long_ones_ = 0;
  std::atomic<std::chrono::nanoseconds> longest_{std::chrono::nanoseconds{0}};
  /// Written in this order and read in the other: what is read of two turns makes a turn shorter,
  /// never longer.
  std::atomic<SteadyTime> began_{SteadyTime::min()};  ///< min: none
  std::atomic<milliseconds> disk_spent_before_{milliseconds{0}};
};

}  // namespace gatehouse
