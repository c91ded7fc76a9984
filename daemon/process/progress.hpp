#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "store/time.hpp"

namespace gatehouse::process {

/// Watches that every thread still turns. The process as a whole is alive only while all of them
/// are: one hung thread must not hide behind the watchdog being petted by another.
class Progress {
 public:
  /// A thread whose counter has not moved for `stall_max` is stalled.
  Progress(milliseconds stall_max, SteadyTime now) : stall_max_(stall_max), start_(now) {}

  /// Adds a thread by its name (a literal). Gives the index that observe() takes.
  std::size_t watch(std::string_view thread);
  /// What the thread's counter says now.
  void observe(std::size_t thread, std::uint64_t turns, SteadyTime now);
  /// The names of the threads that are stalled; empty: alive.
  [[nodiscard]] std::vector<std::string_view> stalled(SteadyTime now) const;

 private:
  struct Thread {
    std::string_view name;
    std::uint64_t turns;
    SteadyTime moved_at;
  };
  milliseconds stall_max_;
  SteadyTime start_;
  std::vector<Thread> threads_;
};

}  // namespace gatehouse::process
