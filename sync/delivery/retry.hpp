#pragma once

#include <chrono>
#include <optional>

#include "store/values/time.hpp"

namespace gatehouse::sync {

/// All that decides how long to wait before the next attempt.
struct Attempted {
  int failures = 1;  ///< of this record so far, this one included
  bool throttled = false;
  bool quick = true;  ///< false: the retry budget is spent, take the long way at once
  std::optional<milliseconds> at_most{};  ///< the destination is in trouble: be ready for its probe
  std::optional<std::chrono::seconds> retry_after{};  ///< what the answer asked for
};

/// The longest `Retry-After` that is obeyed; then one request asks again.
inline constexpr milliseconds retry_after_obeyed_max = std::chrono::minutes{15};
/// No delay is ever longer. For a record that keeps failing beside others that succeed it is the
/// ladder's last step; payment webhooks climb on to hours, but here a customer waits for a charge.
inline constexpr milliseconds retry_delay_max = std::chrono::minutes{18};

/// How long to wait: full jitter over a ladder (0.5 s … 15 min), so that the stores of a retailer
/// do not come back in step, at its cap neither. `Retry-After` is a lower bound, jittered upwards.
/// `chance` is uniform in [0, 1).
[[nodiscard]] milliseconds retry_delay(const Attempted& attempted, double chance);

/// A token bucket over all the retries to one destination (AWS SDK, standard mode): when most
/// requests fail, repeating each of them at once only makes it worse. An empty bucket slows
/// retries down and never stops them. No TokenBucket (store/values/token_bucket.hpp), which fills
/// with time: this one fills with successes alone, so a destination that answers nobody stays slow
/// however long it takes.
class RetryBudget {
 public:
  /// Pays for one retry. False: spent, nothing was taken.
  [[nodiscard]] bool take(bool throttled);
  /// A success gives a little back.
  void give();
  [[nodiscard]] int tokens() const { return tokens_; }

  static constexpr int capacity = 500;
  static constexpr int retry_cost = 14;
  static constexpr int throttled_cost = 5;

 private:
  int tokens_ = capacity;
};

}  // namespace gatehouse::sync
