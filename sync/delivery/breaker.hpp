#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "store/values/time.hpp"

namespace gatehouse::sync {

/// The circuit breaker of one destination: while it is down, one probe at a time asks whether it is
/// back, instead of every record for itself. A state machine of (state, event, now, chance) without
/// clock, thread or I/O.
///
/// The pause between probes is an eighth of the outage so far, between 1 s and 60 s, jittered: a
/// line that was down for 5 s is found again within 1 s, one that was down for 2 min within 15 s,
/// and no outage, however long, hides the line's return for longer than 60 s.
class Breaker {
 public:
  enum class State { closed, open, half_open };

  /// So many records in a row must fail before it opens. One record alone cannot open it, unless
  /// the failure surely was the destination's: a record that always fails blocks no other.
  static constexpr std::size_t failures_to_open = 5;
  static constexpr milliseconds pause_min{1'000};
  static constexpr milliseconds pause_max{60'000};

  /// How many of `wanted` requests may start now. Open: none, then one probe.
  [[nodiscard]] std::size_t allowance(SteadyTime now, std::size_t wanted) const;
  /// A request was started. Where the breaker is open that request is the probe.
  void started();
  /// The destination answered as it should: closed, whatever was before.
  void succeeded();

  struct Failure {
    std::int64_t record = 0;
    bool certain = false;  ///< surely the destination's: not connected, not let in
    milliseconds hold{0};  ///< it asked to be left alone for so long (`Retry-After` of a 429)
  };
  void failed(const Failure& failure, SteadyTime now, double chance);

  [[nodiscard]] State state() const { return state_; }
  /// When the next probe may start; only while open.
  [[nodiscard]] SteadyTime open_until() const { return open_until_; }
  /// The longest pause before the next probe, as things stand.
  [[nodiscard]] milliseconds pause(SteadyTime now) const;

 private:
  void open(milliseconds hold, SteadyTime now, double chance);

  State state_ = State::closed;
  std::vector<std::int64_t> failed_records_;  ///< since the last success; cleared by it
  SteadyTime opened_at_;
  SteadyTime open_until_;
};

}  // namespace gatehouse::sync
