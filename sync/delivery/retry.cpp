#include "sync/delivery/retry.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;

constexpr std::array<milliseconds, 13> ladder{500ms, 1s,   2s,   4s,    9s,    18s,  27s,
                                              1min,  2min, 5min, 10min, 15min, 15min};
/// The first steps are the quick retries, which the budget pays for.
constexpr std::size_t first_slow_step = 6;

}  // namespace

milliseconds retry_delay(const Attempted& attempted, double chance) {
  const auto failures = static_cast<std::size_t>(std::max(attempted.failures, 1));
  std::size_t step = std::min(failures, ladder.size()) - 1;
  if (attempted.throttled) step = std::max(step, std::size_t{1});
  if (!attempted.quick) step = std::max(step, first_slow_step);
  const auto bound = std::min(ladder[step], attempted.at_most.value_or(ladder.back()));
  const auto jittered = [chance](milliseconds most) {
    return milliseconds{static_cast<milliseconds::rep>(chance * static_cast<double>(most.count()))};
  };
  if (!attempted.retry_after) return jittered(bound);
  const auto asked =
      std::clamp<milliseconds>(*attempted.retry_after, milliseconds{0}, retry_after_obeyed_max);
  return std::max(jittered(bound), asked + jittered(asked / 5));
}

bool RetryBudget::take(bool throttled) {
  const int cost = throttled ? throttled_cost : retry_cost;
  if (tokens_ < cost) return false;
  tokens_ -= cost;
  return true;
}

void RetryBudget::give() {
  tokens_ = std::min(tokens_ + 1, capacity);
}

}  // namespace gatehouse::sync
