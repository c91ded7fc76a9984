#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "store/values/time.hpp"

namespace gatehouse::process {

/// Watches that every thread still turns. The process as a whole is alive only while all of them
/// are: one hung thread must not hide behind the watchdog being petted by another. The time that a
/// thread waits for the disk is none that it stands still: a restart makes no disk faster, and the
/// gate answers meanwhile.
class Progress {
 public:
  explicit Progress(SteadyTime now) : start_(now) {}

  /// Adds a thread by its name (a literal), stalled once its counter has not moved for `stall_max`,
  /// the disk's share taken off.
  /// Gives the index that observe() takes.
  std::size_t watch(std::string_view thread, milliseconds stall_max);
  /// What the thread's counter says now, and how long it has waited for the disk since it began.
  void observe(std::size_t thread, std::uint64_t turns, milliseconds disk_spent, SteadyTime now);
  /// The names of the threads that are stalled; empty: alive.
  [[nodiscard]] std::vector<std::string_view> stalled(SteadyTime now) const;

 private:
  struct Thread {
    std::string_view name;
    milliseconds stall_max;
    std::uint64_t turns;
    SteadyTime moved_at;
    milliseconds disk_spent;  ///< as last observed
    milliseconds disk_spent_at_move;
  };
  SteadyTime start_;
  std::vector<Thread> threads_;
};

}  // namespace gatehouse::process
