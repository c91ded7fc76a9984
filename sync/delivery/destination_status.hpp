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
  /// Of all slots in use: how long the one has waited that has waited longest, for an answer or for
  /// the ledger to take an outcome down; nullopt: none is in use.
  std::optional<milliseconds> longest_wait{};
  /// How far beyond its time-out the one is that is furthest. Each ends by it, so after
  /// `overdue_long` something is wrong here, and its slot is lost.
  milliseconds overdue{0};
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
  std::optional<WallTime> last_success_at;
  std::optional<WallTime> last_failure_at;
  std::string last_error;  ///< what is wrong and what to do; '' while the last exchange went well
  bool setting_missing = false;  ///< nothing is sent before what `last_error` names is set
  /// While the breaker keeps requests back: until one asks whether it is over; 0: one is under way.
  std::optional<milliseconds> next_probe_in{};
};

inline constexpr milliseconds overdue_long{30'000};

}  // namespace gatehouse::sync
