#include "sync/clock/kernel_clock.hpp"

#include <sys/timex.h>

#include <chrono>
#include <ctime>

namespace gatehouse::sync {

bool LinuxClock::is_synchronised() const {
  timex asked{};
  const int state = ::adjtimex(&asked);
  return state >= 0 && state != TIME_ERROR && (asked.status & STA_UNSYNC) == 0;
}

milliseconds LinuxClock::since_boot() const {
  timespec now{};
  if (::clock_gettime(CLOCK_BOOTTIME, &now) != 0) return milliseconds{0};
  return std::chrono::floor<milliseconds>(std::chrono::seconds{now.tv_sec} +
                                          std::chrono::nanoseconds{now.tv_nsec});
}

}  // namespace gatehouse::sync
