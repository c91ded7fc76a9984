#include "sync/delivery/due.hpp"

#include <algorithm>

namespace gatehouse::sync {

SteadyTime look_again(std::optional<WallTime> due, const Clock& clock) {
  constexpr milliseconds soon{1'000};
  constexpr milliseconds at_last{60'000};  // the wall clock may jump while we wait
  if (!due) return SteadyTime::max();
  const auto wait = *due - clock.wall();
  return clock.steady() + (wait.count() <= 0 ? soon : std::min(wait, at_last));
}

}  // namespace gatehouse::sync
