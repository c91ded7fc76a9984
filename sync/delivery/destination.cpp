#include "sync/delivery/destination.hpp"

#include <utility>

namespace gatehouse::sync {

Destination::Destination(const Clock& clock, Chance chance)
    : clock_(clock), chance_(std::move(chance)) {}

std::size_t Destination::allowance(std::size_t wanted) const {
  return breaker_.allowance(clock_.steady(), wanted);
}

void Destination::started() {
  breaker_.started();
  ++status_.in_flight;
}

void Destination::succeeded(int kind) {
  finished();
  breaker_.succeeded();
  budget_.give();
  refusals_.succeeded(kind);
  status_.open = true;
  status_.refuses_all = refusals_.is_on();
  ++status_.successes;
  status_.last_success_at = clock_.wall();
  status_.last_error.clear();
}

void Destination::refused(std::string reason) {
  finished();
  breaker_.succeeded();
  status_.open = true;
  ++status_.failures;
  status_.last_failure_at = clock_.wall();
  status_.last_error = std::move(reason);
}

bool Destination::believes_refusal(const Refused& refused) {
  const bool believed = refusals_.believes(refused, clock_.steady());
  status_.refuses_all = refusals_.is_on();
  return believed;
}

milliseconds Destination::failed(const Failure& failure) {
  finished();
  ++status_.failures;
  status_.last_failure_at = clock_.wall();
  status_.last_error = failure.reason;
  Attempted attempted{.failures = failure.failures,
                      .throttled = failure.throttled,
                      .quick = budget_.take(failure.throttled),
                      .at_most = std::nullopt,
                      .retry_after = failure.retry_after};
  const milliseconds delay = retry_delay(attempted, chance_());
  const auto now = clock_.steady();
  const bool hold = failure.throttled && failure.retry_after.has_value();
  breaker_.failed({.record = failure.record,
                   .certain = failure.certain,
                   .hold = hold ? delay : milliseconds{0}},
                  now, chance_());
  status_.open = breaker_.state() == Breaker::State::closed;
  if (status_.open) return delay;
  attempted.at_most = breaker_.pause(now);
  return retry_delay(attempted, chance_());
}

std::optional<SteadyTime> Destination::closed_until() const {
  if (breaker_.state() == Breaker::State::closed) return std::nullopt;
  if (breaker_.state() == Breaker::State::half_open) return SteadyTime::max();
  return breaker_.open_until();
}

void Destination::finished() {
  --status_.in_flight;
}

}  // namespace gatehouse::sync
