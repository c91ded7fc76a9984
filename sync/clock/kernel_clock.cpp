#include "sync/clock/kernel_clock.hpp"

#include <sys/timex.h>

#include "sync/transport/boot_clock.hpp"

namespace gatehouse::sync {

bool LinuxClock::is_synchronised() const {
  timex asked{};
  const int state = ::adjtimex(&asked);
  return state >= 0 && state != TIME_ERROR && (asked.status & STA_UNSYNC) == 0;
}

milliseconds LinuxClock::since_boot() const {
  return sync::since_boot();
}

}  // namespace gatehouse::sync
