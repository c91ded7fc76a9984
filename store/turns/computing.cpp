#include "store/turns/computing.hpp"

#include <time.h>

#include <utility>

namespace gatehouse {

std::chrono::nanoseconds Computing::lap() noexcept {
  const auto now = of_this_thread();
  return now - std::exchange(before_, now);
}

std::chrono::nanoseconds Computing::of_this_thread() noexcept {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

}  // namespace gatehouse
