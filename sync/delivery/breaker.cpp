#include "sync/delivery/breaker.hpp"

#include <algorithm>

namespace gatehouse::sync {

std::size_t Breaker::allowance(SteadyTime now, std::size_t wanted) const {
  switch (state_) {
    case State::closed:
      return wanted;
    case State::open:
      return now < open_until_ ? 0 : std::min<std::size_t>(wanted, 1);
    case State::half_open:
      return 0;
  }
  return 0;
}

void Breaker::started() {
  if (state_ == State::open) state_ = State::half_open;
}

void Breaker::succeeded() {
  state_ = State::closed;
  failed_records_.clear();
}

void Breaker::failed(const Failure& failure, SteadyTime now, double chance) {
  if (state_ == State::open) {
    // A request from before it opened, or the last one of a crowd: no news, except for a hold.
    if (failure.hold.count() > 0) open_until_ = std::max(open_until_, now + failure.hold);
    return;
  }
  if (state_ == State::half_open) return open(failure.hold, now, chance);
  const bool known = std::ranges::find(failed_records_, failure.record) != failed_records_.end();
  if (failure.certain || !known) failed_records_.push_back(failure.record);
  if (failure.hold.count() > 0 || failed_records_.size() >= failures_to_open) {
    opened_at_ = now;
    open(failure.hold, now, chance);
  }
}

void Breaker::open(milliseconds hold, SteadyTime now, double chance) {
  state_ = State::open;
  const auto most = static_cast<double>(pause(now).count());
  const milliseconds jittered{static_cast<milliseconds::rep>(most * (0.5 + 0.5 * chance))};
  open_until_ = now + std::max(jittered, hold);
}

milliseconds Breaker::pause(SteadyTime now) const {
  if (state_ == State::closed) return pause_min;
  const auto outage = std::chrono::duration_cast<milliseconds>(now - opened_at_);
  return std::clamp(outage / 8, pause_min, pause_max);
}

}  // namespace gatehouse::sync
