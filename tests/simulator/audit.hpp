#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/simulator/beliefs.hpp"
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
  std::uint64_t held = 0;      ///< wait for a person, so that nothing is promised
  std::uint64_t to_cancel = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t to_check_out = 0;
  std::uint64_t checked_out = 0;  ///< of those: once, with the right total
  std::uint64_t lost = 0;         ///< acknowledged and not delivered, or due and not captured
  std::uint64_t doubled = 0;      ///< delivered or captured more than once in effect
  std::uint64_t repeated_deliveries = 0;  ///< harmless: under the same idempotency key
  std::vector<Difference> differences;

  [[nodiscard]] bool clean() const { return differences.empty(); }
  [[nodiscard]] nlohmann::ordered_json to_json() const;
  /// For people; names the first twenty differences.
  [[nodiscard]] std::string table() const;
};

/// The box's jwo.settlement.
enum class AuditedSettlement { payment, checkout, none };

struct AuditOptions {
  AuditedSettlement settlement = AuditedSettlement::payment;
  const Beliefs* beliefs = nullptr;  ///< what the box's ledger says; nullptr: not asked
  /// Trips of a history that it has lost: it is not asked about them.
  std::set<std::string> forgotten{};
};

/// Compares what the box acknowledged (the reports of `shop`) with what had an effect outside it
/// (GET /sim/effects of the world):
/// - an acknowledged cart was delivered once in effect, byte for byte as one of those that were
///   sent, under the purchase id that was answered;
/// - a card-entry trip with items was captured once with the expected amount, or declined and not
///   captured; an empty one was cancelled; an app-entry trip has no payment at all; with checkout,
///   the former was checked out once and nothing was captured;
/// - no trip was both captured and cancelled, nor refunded beyond what was captured;
/// - each card-entry trip that was not checked out has one payment record, of the status that came
///   true, with no e-mail address in it but the shopper's own;
/// - no two boxes (ledgers) say that they captured one trip;
/// - nothing was delivered or captured that no report knows, and no unacknowledged cart twice;
/// - what was captured adds up, in each currency.
/// With beliefs also: every acknowledged trip is in the ledger, every settlement is final or held,
/// and what it says is what happened; so do its refunds, with a record of each in the cloud, and
/// what Amazon was told of the payment. A trip that the box holds may have been captured, once; one
/// that was authorised only in part is taken for held where the ledger is not asked. One that
/// expired or was written off was not captured, unless the ledger says that it may have been, and
/// has a payment record that says so.
[[nodiscard]] AuditResult audit(const std::vector<TripReport>& trips, const nlohmann::json& effects,
                                const AuditOptions& options = {});

}  // namespace gatehouse::simulator
