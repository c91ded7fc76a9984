#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "store/values/time.hpp"

namespace gatehouse {

/// How much passes: `burst` at once, and after that one each `interval`.
struct Rate {
  std::int64_t burst = 1;
  std::chrono::nanoseconds interval{};
};
/// So many a second, and one second's worth at once. `count` is not 0.
[[nodiscard]] constexpr Rate per_second(std::size_t count) {
  const auto burst = static_cast<std::int64_t>(count);
  return {burst, std::chrono::nanoseconds{std::chrono::seconds{1}} / burst};
}

/// A token bucket that fills with time. It starts full, and is kept as the moment at which it will
/// be full again: nothing has to be counted while nobody asks. The rate comes with each question,
/// so that it may change. Not thread-safe.
class TokenBucket {
 public:
  /// Takes a token. False: there is none, and nothing was taken.
  [[nodiscard]] bool take(const Rate& rate, SteadyTime now) {
    const SteadyTime full_at = std::max(full_at_, now) + rate.interval;
    if (full_at - now > rate.burst * rate.interval) return false;
    full_at_ = full_at;
    return true;
  }
  [[nodiscard]] bool is_full(SteadyTime now) const { return full_at_ <= now; }

 private:
  SteadyTime full_at_{};
};

}  // namespace gatehouse
