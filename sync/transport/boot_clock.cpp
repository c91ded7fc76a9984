#include "sync/transport/boot_clock.hpp"

#include <chrono>
#include <ctime>

namespace gatehouse::sync {

milliseconds since_boot() {
  timespec now{};
  if (::clock_gettime(CLOCK_BOOTTIME, &now) != 0) return milliseconds{0};
  return std::chrono::floor<milliseconds>(std::chrono::seconds{now.tv_sec} +
                                          std::chrono::nanoseconds{now.tv_nsec});
}

}  // namespace gatehouse::sync
