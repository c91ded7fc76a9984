#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/values/time.hpp"
#include "sync/delivery/breaker.hpp"
#include "sync/delivery/destination_status.hpp"
#include "sync/delivery/refusal_run.hpp"
#include "sync/delivery/retry.hpp"

namespace gatehouse::sync {

/// One place that requests go to: its breaker, its retry budget and how it has been doing. The
/// forwarder and the settler each own one. Not thread-safe.
class Destination {
 public:
  Destination(const Clock& clock, Chance chance);

  /// How many of `wanted` requests may start now.
  [[nodiscard]] std::size_t allowance(std::size_t wanted) const;
  void started();
  /// It answered as it should, to what is of this kind (Refused::kind).
  void succeeded(int kind);
  /// It answered, and said no to this one record: it is well, but a person should know.
  void refused(std::string reason);
  /// Before refused(): whether it says no to this one record, or to whatever comes; then the
  /// exchange failed().
  [[nodiscard]] bool believes_refusal(const Refused& refused);
  /// A refusal that was believed before this process began (RefusalRun::remember()).
  void remember_refusal(Refused refused, SteadyTime at) {
    refusals_.remember(std::move(refused), at);
  }
  /// After a refusal that was not believed: what was believed before it, to be tried again.
  [[nodiscard]] std::vector<Refused> take_back_refused(int kind) {
    return refusals_.take_back(kind);
  }

  struct Failure {
    std::int64_t record = 0;
    int failures = 1;      ///< of this record so far, this one included
    bool certain = false;  ///< surely not the record's fault: not connected, not let in
    bool throttled = false;
    std::optional<std::chrono::seconds> retry_after;
    std::string reason{};
  };
  /// The exchange failed. Gives how long this record should wait before its next attempt: short
  /// while the destination is in trouble (a probe will need it), up the ladder while it is well.
  [[nodiscard]] milliseconds failed(const Failure& failure);

  /// When requests that are held back may start again; nullopt: none are held back.
  [[nodiscard]] std::optional<SteadyTime> closed_until() const;
  /// Counters and times; `configured` is the owner's to set.
  [[nodiscard]] const DestinationStatus& status() const { return status_; }

 private:
  void finished();

  const Clock& clock_;
  Chance chance_;
  Breaker breaker_;
  RetryBudget budget_;
  RefusalRun refusals_;
  DestinationStatus status_;
};

}  // namespace gatehouse::sync
