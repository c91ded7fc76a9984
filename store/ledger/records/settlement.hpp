#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/records/number_range.hpp"
#include "store/ledger/records/open_question.hpp"
#include "store/values/money.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

// The numbers are on disk: never renumber, only add.

/// Where the charge of a card-entry trip stands. `_due` waits for its next attempt; `_sent` means
/// that the intent is on disk and a call may have left, so after a crash its outcome is unknown.
/// Which state follows which is decided in sync/amazon/settlement.hpp alone.
enum class SettlementState : int {
  awaiting_price = 1,
  adjust_due = 2,
  adjust_sent = 3,
  capture_due = 4,
  capture_sent = 5,
  capture_unknown = 6,  ///< a capture may have happened: transactional data is asked first
  cancel_due = 7,
  cancel_sent = 8,
  details_due = 9,  ///< captured; transactional data for the payment record still to be fetched
  captured = 10,    ///< final
  cancelled = 11,   ///< final
  declined = 12,    ///< final: the issuer declined, nothing was charged
  held = 13,        ///< waits for a person, with its reason
  expired = 14,     ///< final unless a person reopens it: Amazon says that the time has passed
  checkout_due = 15,
  checkout_sent = 16,
  checked_out = 17,  ///< final: Amazon's checkout service has the priced cart and charges it
  /// Its price came and does not let this ledger charge it: it names another one, or none where
  /// one is required. No call is made for it until a person prices it here.
  not_granted = 18,
  settled_elsewhere = 19,  ///< final: the cloud says that it was charged by another one
  written_off = 20,  ///< final: a person gave the charge up; charge_unclear says if it may be made
};
[[nodiscard]] constexpr NumberRange numbers_of(SettlementState) {
  return {1, 20};
}

struct Settlement {
  std::int64_t trip_sequence = 0;
  std::string trip_id;
  std::string purchase_id;
  SettlementState state = SettlementState::awaiting_price;
  std::optional<Money> amount;
  WallTime started_at;  ///< of the trip: the charge deadline counts from here
  int attempts = 0;     ///< in this state
  WallTime next_attempt_at;
  WallTime changed_at;
  std::string reason;
  std::optional<SettlementState> held_from{};  ///< of a held or expired one: the state before
  /// A capture or checkout may have had its effect, and nobody has said since whether it had.
  bool charge_unclear = false;
  bool has_checkout_cart = false;
  /// The ledger cannot vouch for its history: no call that could charge is made for it before the
  /// cloud or a person says so.
  bool withheld = false;
  bool withheld_by_birth = false;  ///< its trip began before the ledger; else: of a gap
  std::string price_ledger{};      ///< of a not_granted one: which ledger its price names, '' none
  int captures_sent = 0;           ///< capture calls whose intent was recorded
  int captures_not_done = 0;       ///< of those: surely without effect
  int clear_looks = 0;  ///< at a capture in doubt that were answered and showed nothing, since it
  /// What transactional data showed right before the last capture left, or before one that was held
  /// back for it: '' : no reconciliationId, else the SHA-256 of the one, in hexadecimal. nullopt:
  /// no look was answered.
  std::optional<std::string> reconciliation_before{};
  std::string store_id{};            ///< of the trip, for store_of_trip()
  int adjusts_sent = 0;              ///< adjust calls whose intent was recorded
  int adjusts_not_counted = 0;       ///< of those: not towards their limit (charge_limit.hpp)
  std::optional<Money> approved{};   ///< what Amazon approved last; a capture states no more
  std::optional<Money> part{};       ///< what is captured, where that is less than `amount`
  std::optional<Money> confirmed{};  ///< the price that a person has let pass the limits
  /// Cancel calls that may have left: then it is neither adjusted nor captured any more.
  int cancels_left = 0;
  /// The trip's cart was empty, and one with items came for it later.
  bool full_cart_followed = false;
  /// It was withheld or not granted before, and let go since: another ledger may have charged it.
  bool was_withheld = false;
};

/// A move of the settlement's state machine, made durable in one commit.
struct SettlementChange {
  std::int64_t trip_sequence = 0;
  /// Refused unless it is the state on disk, or the whole change is there already.
  SettlementState from = SettlementState::awaiting_price;
  SettlementState to = SettlementState::awaiting_price;
  int attempts = 0;
  WallTime at;
  WallTime next_attempt_at;
  std::string reason;
  /// JSON object to deliver to the cloud, in the same commit. The ledger puts "revision" in front:
  /// which one it is of this trip's, from 1 on.
  std::optional<std::string> payment_record;
  std::optional<std::string> payment_status{};  ///< JSON to report to Amazon, in the same commit
  bool charge_unclear = false;  ///< from now on it is unclear whether there was a charge
  bool charge_cleared_up =
      false;  ///< a person, or Amazon's evidence, has said whether there was one
  bool capture_not_done = false;     ///< the capture that was sent surely had no effect
  bool cancel_not_done = false;      ///< the same of a cancel
  std::optional<int> clear_looks{};  ///< nullopt: as it was. A number, so that it repeats itself
  /// Settlement::reconciliation_before, on disk before a capture leaves. nullopt: as it was, and
  /// none where this is the intent of one.
  std::optional<std::string> reconciliation_before{};
  /// It showed a reconciliationId before this ledger ever sent a capture of the trip.
  bool evidence_unsound = false;
  // As clear_looks.
  /// All that were sent, where a person lets the charge go on: then it has the whole limit again.
  std::optional<int> adjusts_not_counted{};
  std::optional<Money> approved{};
  std::optional<Money> part{};  ///< in the currency of the price
  std::optional<Money> confirmed{};
  std::optional<LookFacts> look{};  ///< what a look at transactional data showed
  bool only_withheld = false;       ///< refused where it is withheld no more
};

/// Who set the price of a trip.
enum class PricedBy : int {
  nobody = 0,  ///< it has none, or is from before this was kept
  cloud = 1,
  person = 2,  ///< at this box
};
[[nodiscard]] constexpr NumberRange numbers_of(PricedBy) {
  return {0, 2};
}

enum class PriceOutcome {
  priced,      ///< recorded, or adjust is due now
  identical,   ///< the same price again: nothing was done
  different,   ///< another price is on record, which stands
  replaced,    ///< the price of a held charge, by a person: it stays held
  unknown,     ///< no such trip
  held,        ///< a price of nothing that was not said to be meant: not taken, and it is held
  not_priced,  ///< this trip is not settled here (app entry, empty cart, settlement off)
};

struct HistoryEntry {
  WallTime at;
  SettlementState state = SettlementState::awaiting_price;
  std::string reason;
};

[[nodiscard]] std::string_view to_text(SettlementState state);
[[nodiscard]] bool is_final(SettlementState state);

}  // namespace gatehouse::store
