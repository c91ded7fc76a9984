#include "tests/sync/simulation/schedule.hpp"

#include <algorithm>

namespace gatehouse::sync::simulation {

WallTime Schedule::wall() const {
  return WallTime{wall_offset_ + std::chrono::floor<milliseconds>(now_.time_since_epoch())};
}

void Schedule::after(milliseconds delay, Happening happening) {
  events_.emplace(std::pair(now_ + delay, ++asked_), Event{std::move(happening)});
}

void Schedule::after_unnoticed(milliseconds delay, Happening happening) {
  events_.emplace(std::pair(now_ + delay, ++asked_), Event{std::move(happening), false});
}

bool Schedule::step(SteadyTime wake) {
  while (!events_.empty() && events_.begin()->first.first <= wake) {
    auto next = events_.extract(events_.begin());
    now_ = next.key().first;
    next.mapped().happening();
    if (!next.mapped().noticed) continue;
    ++noticed_;
    return true;
  }
  if (wake == SteadyTime::max()) return false;
  now_ = std::max(now_, wake);
  return true;
}

}  // namespace gatehouse::sync::simulation
