#pragma once

#include <optional>

#include "daemon/gate/decision/counted.hpp"
#include "store/ledger/records/settlement.hpp"
#include "store/ledger/records/trip.hpp"
#include "store/values/time.hpp"
#include "sync/amazon/jwo_options.hpp"

namespace gatehouse::gate {

/// What the cache says of a scan's codes.
enum class CacheFinding { active, blocked, unknown, expired, failed };

enum class Verdict { accept, reject, ask_cloud };

struct ScanDecision {
  Verdict verdict = Verdict::reject;
  ScanOutcome outcome = ScanOutcome::unknown;  ///< what is counted; for ask_cloud: if it is silent

  bool operator==(const ScanDecision&) const = default;
};

/// What the operator chose.
struct ScanPolicy {
  bool reject_when_stale = false;
  bool may_ask_cloud = false;
};

/// A stale cache is not believed where the operator says so; the cloud is asked about whoever the
/// cache does not know, stale or not, and where the cache cannot be read.
[[nodiscard]] ScanDecision decide(CacheFinding finding, bool stale, const ScanPolicy& policy);

/// Whether a code that was made at this time may still be used at the event: no older than
/// `age_max` (connectors.md 3.3: 30 to 90 s, against the event's own timestamp), and not from
/// further ahead either, or a wrong clock would make a code good for ever (inference).
[[nodiscard]] bool is_fresh(WallTime made_at, WallTime event_at, milliseconds age_max);

/// What is known of the age of the cache.
struct CacheAge {
  std::optional<WallTime> synced_at{};           ///< by the wall clock of then; nullopt: never
  std::optional<milliseconds> in_step_before{};  ///< by the steady clock; nullopt: not in this run
  milliseconds open_for{0};                      ///< by the same: since the gate was opened
  WallTime wall{};
  bool wall_confirmed = true;
};
/// Whether it is older than `stale_after` (0: never). Within a run its age goes by the steady
/// clock, so that a wall clock that leaps rejects nobody. Before the first time in this run it goes
/// by the wall clock, where that is confirmed; where it is not, by how long the gate has been open,
/// which its age is at least. One that was never in step with the feed is stale; one from the
/// future is not.
[[nodiscard]] bool is_stale(const CacheAge& age, milliseconds stale_after);

/// Where the settlement of a new trip begins: only card-entry trips are charged through Amazon
/// (FAQ). An empty cart has its pre-authorisation cancelled (connectors.md 2.2); with the checkout
/// service the empty purchaseId that Amazon is answered does that (services.md 3).
[[nodiscard]] std::optional<store::SettlementState> first_settlement(store::Entry entry, bool empty,
                                                                     sync::SettlementMode mode);

}  // namespace gatehouse::gate
