#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/ledger/ledger_identity.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

/// The carts that were answered 400.
struct RefusedCounts {
  std::int64_t kept = 0;
  std::int64_t bytes = 0;
  std::int64_t waiting = 0;               ///< of those, nobody has had them forwarded
  std::int64_t recently = 0;              ///< of these, the last time was after the given time
  std::string last_trip{};                ///< of the last of these
  std::string last_reason{};              ///< the same
  std::optional<WallTime> last_at{};      ///< the same
  std::int64_t not_kept = 0;              ///< beyond a limit of records/refused_cart.hpp
  std::optional<WallTime> not_kept_at{};  ///< the last of them
  std::int64_t dropped = 0;               ///< by a person, so far
};

/// What is in the ledger, counted in one read transaction.
struct LedgerCounts {
  std::int64_t trips = 0;
  std::int64_t differing_carts = 0;
  std::int64_t pending = 0;                ///< deliveries
  std::int64_t pending_refunds = 0;        ///< of those: to Amazon
  std::int64_t pending_reports = 0;        ///< of those: to its feedback host
  std::int64_t delivered = 0;              ///< deliveries
  std::int64_t set_aside = 0;              ///< deliveries
  std::int64_t withdrawn = 0;              ///< deliveries
  std::int64_t refunds_withdrawn = 0;      ///< of those: a person said once that they were not made
  std::int64_t last_withdrawn_refund = 0;  ///< the record of the last of them
  std::string last_withdrawn_refund_trip{};  ///< its trip
  std::int64_t damaged = 0;  ///< of those set aside: unreadable, or not what was recorded
  std::optional<WallTime> oldest_pending_at;
  /// Since when the first call to Amazon is due, by what it is for; nullopt: none waits. Later than
  /// now: until when it is put off.
  std::optional<WallTime> charge_due_at{};
  std::optional<WallTime> refund_due_at{};
  std::optional<WallTime> report_due_at{};
  std::int64_t key_conflicts = 0;  ///< another request has their key, says the destination:
                                   ///< those that are pending, or were set aside recently
  std::optional<WallTime> key_conflict_since{};  ///< the first of them
  std::int64_t settlement_open = 0;              ///< neither final nor held
  std::int64_t awaiting_price = 0;
  std::int64_t prices_unusable = 0;          ///< of those: the cloud answered one, of no use
  std::string prices_damage{};               ///< why that, alone, could not be counted, ''
  std::string last_price_unusable_trip{};    ///< the one of them that began last
  std::string last_price_unusable_reason{};  ///< why its price is of no use
  std::int64_t carts_after_empty = 0;        ///< with items, after an empty one; of the last days
  std::string last_trip_after_empty{};       ///< the trip of the last of them
  std::int64_t captured = 0;
  std::int64_t cancelled = 0;
  std::int64_t declined = 0;
  std::int64_t held = 0;
  std::int64_t expired = 0;
  std::int64_t expired_recently = 0;  ///< of those, trips that began after the given time
  std::int64_t checked_out = 0;
  std::int64_t not_granted = 0;           ///< their price does not let this ledger charge them
  std::int64_t not_granted_recently = 0;  ///< of those, trips that began after the given time
  std::string last_not_granted_trip{};    ///< the one of them that began last
  std::string last_not_granted_reason{};
  std::int64_t settled_elsewhere = 0;
  std::int64_t written_off = 0;
  std::optional<WallTime> oldest_uncharged_trip_at;  ///< start of the oldest trip still open
  std::int64_t captures_unclear = 0;                 ///< in doubt, held ones among them
  std::optional<WallTime> oldest_unclear_trip_at;    ///< start of the oldest such trip
  std::int64_t evidence_unsound = 0;         ///< trips: see LedgerReader::evidence_unsound()
  std::string last_unsound_trip{};           ///< the one of them that came last
  std::int64_t decisions_refused = 0;        ///< of the payments desk, since the given time
  std::string last_decision_refused_trip{};  ///< the trip of the last of them
  std::string last_decision_refused_reason{};
  LedgerMark mark{};               ///< which ledger this is, and how far; no id: it has none yet
  std::optional<LedgerGap> gap{};  ///< the gravest that nobody has accepted; see find_gap()
  WithheldCharges withheld{};      ///< because of it
  RefusedCounts refused{};
};

}  // namespace gatehouse::store
