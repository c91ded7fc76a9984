#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "store/values/time.hpp"

namespace gatehouse {

/// What one thread waits for the disk, told by the calls that may: all of SQLite's, with what they
/// compute and wait for locks. Flash that tidies itself up can hold a single fsync for
/// seconds, and that is no hang. The thread's calls note themselves (DiskCall); any other thread
/// may read. Must outlive the thread that counts here.
class DiskTime {
 public:
  /// A call of this length or more is remembered as slow.
  static constexpr milliseconds slow{10'000};
  /// DiskCall reads the clock of the kernel's last tick: a call may seem to begin and to end so
  /// much earlier than it did.
  static constexpr milliseconds tick_max{10};

  struct SlowCall {
    milliseconds took{0};
    SteadyTime ended;
  };

  /// The calls of the calling thread count here, from now until it ends.
  void count_this_thread() noexcept;

  /// Since when the thread is inside one call; nullopt: it is in none.
  [[nodiscard]] std::optional<SteadyTime> inside_since() const noexcept;
  /// All its calls so far, with the one it is inside.
  [[nodiscard]] milliseconds spent(SteadyTime now) const noexcept;
  /// The last call that was slow and has ended.
  [[nodiscard]] std::optional<SlowCall> last_slow() const noexcept;

  /// What a DiskCall does as it comes and goes; on the thread that counts here.
  void enter(SteadyTime now) noexcept;
  void leave(SteadyTime now) noexcept;

 private:
  using Ticks = SteadyTime::rep;
  static constexpr Ticks none = 0;

  std::atomic<Ticks> inside_since_ = none;
  std::atomic<Ticks> spent_ = 0;  ///< by the calls that have ended
  /// Odd while a call ends: it must be read as ended or not, never as both or neither.
  std::atomic<std::uint64_t> ending_ = 0;
  std::atomic<Ticks> slow_took_ = 0;
  std::atomic<Ticks> slow_ended_ = none;
};

/// As long as it lives, its thread may wait for the disk. One inside of another counts once;
/// nothing is counted on a thread without a DiskTime, such as the gate's, with which nobody has
/// patience.
class DiskCall {
 public:
  DiskCall() noexcept;
  ~DiskCall();
  DiskCall(const DiskCall&) = delete;
  DiskCall& operator=(const DiskCall&) = delete;

 private:
  DiskTime* time_;
};

}  // namespace gatehouse
