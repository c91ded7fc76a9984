#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include "daemon/gate/connector/gate_options.hpp"
#include "daemon/gate/connector/log_limit.hpp"
#include "daemon/gate/request/call_ids.hpp"

namespace gatehouse::gate {

/// One answered call, as the log tells it: never a key, a token or a payload.
struct Interaction {
  std::string_view route;
  CallIds ids;
  unsigned status = 0;
  std::chrono::nanoseconds took{};
  std::string_view reason;  ///< a word of observer.hpp, or the message of a FieldError
};

/// The word for what was counted, or `details` where there are some.
template <std::size_t N, class Counted>
[[nodiscard]] std::string_view reason_of(const std::array<const char*, N>& names, Counted counted,
                                         std::string_view details) {
  return details.empty() ? std::string_view(names.at(static_cast<std::size_t>(counted))) : details;
}

/// One line a call, at level info:
///   call route=/v1/identity/scan requestId=a1b2… tripId=- status=200 durationMs=0.041
///   reason="accepted"
/// At most gate.log_calls_per_second lines a second, with a burst of as many, of answers below 400;
/// and as many again of the others, so that a rush at the gate hides no refusal. What was left out
/// is counted in the next line. Not thread-safe.
class InteractionLog {
 public:
  explicit InteractionLog(std::shared_ptr<const GateOptions> options);

  void record(const Interaction& call, SteadyTime now);

 private:
  void follow_options();

  std::shared_ptr<const GateOptions> options_;
  std::size_t per_second_ = 0;
  LogLimit answered_;
  LogLimit refused_;
};

}  // namespace gatehouse::gate
