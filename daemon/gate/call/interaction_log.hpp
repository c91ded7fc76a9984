#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "daemon/gate/call/gate_options.hpp"
#include "daemon/gate/request/call_ids.hpp"
#include "daemon/log/log_limit.hpp"

namespace gatehouse::gate {

/// One answered call, as the log tells it: never a key, a token or a payload.
struct Interaction {
  std::string_view route;
  CallIds ids;
  unsigned status = 0;
  std::chrono::nanoseconds took{};
  std::string_view reason;  ///< a word of counted.hpp, or the message of a FieldError
};

/// One line a call, at level info:
///   call route=/v1/identity/scan requestId=a1b2… tripId=- status=200 durationMs=0.041
///   reason="accepted"
/// At most gate.log_calls_per_second lines a second, with a burst of as many, of answers below 400;
/// and as many again of the others, so that a rush at the gate hides no refusal. What was left out
/// is counted in the next line. Not thread-safe.
class InteractionLog {
 public:
  /// `options` outlive it, and may change.
  explicit InteractionLog(const GateOptions& options) : options_(options) {}

  void record(const Interaction& call, SteadyTime now);

 private:
  void follow_options();

  const GateOptions& options_;
  std::size_t per_second_ = 0;
  log::LogLimit answered_;
  log::LogLimit refused_;
};

}  // namespace gatehouse::gate
