#include "tests/sync/simulation/schedule.hpp"

#include <algorithm>

namespace gatehouse::sync::simulation {

WallTime Schedule::wall() const {
  return WallTime{wall_offset_ + std::chrono::floor<milliseconds>(now_.time_since_epoch())};
}

void Schedule::after(milliseconds delay, Happening happening) {
  happenings_.emplace(std::pair(now_ + delay, ++asked_), std::move(happening));
}

bool Schedule::step(SteadyTime wake) {
  if (happenings_.empty() || wake < happenings_.begin()->first.first) {
    if (wake == SteadyTime::max()) return false;
    now_ = std::max(now_, wake);
    return true;
  }
  auto next = happenings_.extract(happenings_.begin());
  now_ = next.key().first;
  next.mapped()();
  return true;
}

}  // namespace gatehouse::sync::simulation
