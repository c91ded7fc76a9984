#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/simulator/shop/report.hpp"

namespace gatehouse::simulator {

/// One thing that is not as it was promised.
struct Difference {
  std::string trip_id;  ///< '' for what concerns no single trip
  std::string what;

  bool operator==(const Difference&) const = default;
};

struct AuditResult {
  std::uint64_t acknowledged = 0;
  std::uint64_t delivered = 0;  ///< of the acknowledged: exactly once in effect
  std::uint64_t to_capture = 0;
  std::uint64_t captured = 0;  ///< of those: exactly once, with the right amount
  std::uint64_t declined = 0;  ///< by the issuer, so that nothing was to be captured
  std::uint64_t to_cancel = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t lost = 0;     ///< acknowledged and not delivered, or due and not captured
  std::uint64_t doubled = 0;  ///< delivered or captured more than once in effect
  std::uint64_t repeated_deliveries = 0;  ///< harmless: under the same idempotency key
  std::vector<Difference> differences;

  [[nodiscard]] bool clean() const { return differences.empty(); }
  [[nodiscard]] nlohmann::ordered_json to_json() const;
  /// For people; names the first twenty differences.
  [[nodiscard]] std::string table() const;
};

/// Compares what the box acknowledged (the reports of `shop`) with what had an effect outside it
/// (GET /sim/effects of the world):
/// - an acknowledged cart was delivered once in effect, byte for byte as one of those that were
///   sent, under the purchase id that was answered;
/// - a card-entry trip with items was captured once with the expected amount, or declined and not
///   captured; an empty one was cancelled; an app-entry trip has no payment at all;
/// - each card-entry trip has one payment record, of the status that came true;
/// - nothing was delivered or captured that no report knows, and no unacknowledged cart twice.
/// `settled` false leaves out everything about payments (jwo.settlement = "none").
[[nodiscard]] AuditResult audit(const std::vector<TripReport>& trips, const nlohmann::json& effects,
                                bool settled = true);

}  // namespace gatehouse::simulator
