#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "store/values/time.hpp"

namespace gatehouse::sync {

/// How things stand with one destination, for status and metrics.
struct DestinationStatus {
  bool configured = false;
  bool open = true;          ///< false while the circuit breaker keeps requests back
  bool refuses_all = false;  ///< so many refusals in a row that they count as its trouble
  std::size_t in_flight = 0;
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
  std::optional<WallTime> last_success_at;
  std::optional<WallTime> last_failure_at;
  std::string last_error;  ///< what is wrong and what to do; '' while the last exchange went well
  bool setting_missing = false;  ///< nothing is sent before what `last_error` names is set
  /// While the breaker keeps requests back: until one asks whether it is over; 0: one is under way.
  std::optional<milliseconds> next_probe_in{};
};

}  // namespace gatehouse::sync
