#pragma once

#include <chrono>
#include <functional>

namespace gatehouse {

using std::chrono::milliseconds;

/// Wall time, for what is written down or sent. It may jump: never measure a duration with it.
using WallTime = std::chrono::sys_time<milliseconds>;
/// Monotonic time, for deadlines and durations inside one run of the process.
using SteadyTime = std::chrono::steady_clock::time_point;

/// Time comes in as an argument, so that a test or a simulation can own it. Implementations are
/// safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime wall() const = 0;
  [[nodiscard]] virtual SteadyTime steady() const = 0;
};

/// The machine's own clocks.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  }
  [[nodiscard]] SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

/// Chance comes in as an argument too: each call gives a number uniform in [0, 1).
using Chance = std::function<double()>;

[[nodiscard]] inline std::int64_t to_unix_ms(WallTime time) {
  return time.time_since_epoch().count();
}
[[nodiscard]] inline WallTime from_unix_ms(std::int64_t unix_ms) {
  return WallTime{milliseconds{unix_ms}};
}

}  // namespace gatehouse
