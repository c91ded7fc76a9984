#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/ledger/ledger_identity.hpp"
#include "store/values/money.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

// The numbers below are on disk: never renumber, only add.

/// How the trip began (FAQ: authEvents payloadType). Only card trips are settled through Amazon.
enum class Entry : int { card = 1, app = 2 };

enum class DeliveryKind : int {
  cart = 1,            ///< to the cloud
  payment_record = 2,  ///< to the cloud
  refund = 3,          ///< to Amazon
  payment_status = 4,  ///< to Amazon
  refund_record = 5,   ///< to the cloud
};

/// Deliveries of one lane go to one destination. A lane never waits for another one.
enum class Lane : int { cloud = 1, amazon = 2 };
[[nodiscard]] Lane lane_of(DeliveryKind kind);

enum class DeliveryState : int {
  pending = 1,
  delivered = 2,
  set_aside = 3,  ///< refused by the cloud for good: waits for an operator, with its reason
};

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
};

/// A cart as the gate hands it over: validated, and not yet on disk.
struct NewCart {
  std::string trip_id;
  std::string purchase_id;  ///< '' for an empty cart
  Entry entry = Entry::app;
  WallTime started_at;
  WallTime received_at;
  /// Equal where two requests bring the same cart. '' : their bytes decide.
  std::string fingerprint{};
  std::string body;                                 ///< byte for byte as it came
  std::optional<SettlementState> first_settlement;  ///< none: this box has nothing to settle
};

enum class CartOutcome {
  recorded,   ///< first time this trip was seen
  repeated,   ///< same cart again: nothing was done
  differing,  ///< same trip, another cart: the first stands, the difference was kept as evidence
};

struct CartReceipt {
  CartOutcome outcome = CartOutcome::recorded;
  std::string purchase_id;  ///< of the first cart of this trip
  std::int64_t sequence = 0;
};

/// One delivery with everything that its request needs.
struct Delivery {
  std::int64_t id = 0;  ///< Gatehouse-Sequence
  std::int64_t trip_sequence = 0;
  std::string trip_id;
  std::string purchase_id;
  DeliveryKind kind = DeliveryKind::cart;
  DeliveryState state = DeliveryState::pending;
  std::string idempotency_key;
  std::string payload;  ///< for a cart: the bytes that came. Empty in listings.
  WallTime created_at;
  int attempts = 0;
  WallTime next_attempt_at;
  std::optional<WallTime> finished_at;
  std::string reason;
  bool unclear = false;  ///< an attempt may have had its effect; stays so
};

/// A delivery that may be sent now: what a choice between such needs, and no more.
struct DueDelivery {
  std::int64_t id = 0;
  std::int64_t trip_sequence = 0;
  int attempts = 0;
};

/// How one attempt at a delivery ended.
struct DeliveryAttempt {
  std::int64_t delivery_id = 0;
  DeliveryState state = DeliveryState::pending;
  WallTime at;
  WallTime next_attempt_at;     ///< only for pending
  std::string reason;           ///< '' when delivered
  std::optional<Money> charge;  ///< price that the cloud's answer to the cart carried
  /// Instead of `charge`: the priced cart for Amazon's checkout service. `charge` is its total
  /// then.
  std::string checkout_cart{};
  /// It did not succeed, and may have had its effect all the same.
  bool unclear = false;
  /// For a refund that was delivered: what the cloud is told about it, in the same commit.
  std::string refund_record{};
};

/// Why money is given back (services.md 2.4).
enum class RefundReason : int {
  damaged_item = 1,
  expired_item = 2,
  unwanted_item = 3,
  jwo_tech_error = 4,
  other = 5,
};

struct NewRefund {
  std::string trip_id;
  /// A lower-case UUID, made once by whoever asks: see RefundOutcome::identical.
  std::string request_id{};
  Money amount;
  RefundReason reason = RefundReason::other;
  std::string payload{};  ///< the request to Amazon, as it will be sent at every attempt
  WallTime at{};
};

enum class RefundOutcome {
  recorded,   ///< on its way to Amazon
  identical,  ///< this request id is on record with the same contents: nothing was done
  different,  ///< this request id is on record with other contents, which stand
  unknown,    ///< no such trip
  not_captured,
  too_much,  ///< with those that had, or may have had, their effect more than was captured; or
             ///< another currency
};

/// One refund of a trip. How far it is, is its delivery's state.
struct Refund {
  std::string request_id;
  Money amount;
  RefundReason reason = RefundReason::other;
  std::int64_t delivery_id = 0;
};

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
  /// Nothing is done about it before a person has accepted a gap in the ledger's history.
  bool withheld = false;
  int captures_sent = 0;      ///< capture calls whose intent was recorded
  int captures_not_done = 0;  ///< of those: surely without effect
  int clear_looks = 0;  ///< at a capture in doubt that were answered and showed nothing, since it
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
  std::optional<int> clear_looks{};  ///< nullopt: as it was. A number, so that it repeats itself
};

enum class PriceOutcome {
  priced,      ///< recorded, or adjust is due now
  identical,   ///< the same price again: nothing was done
  different,   ///< another price is on record, which stands
  unknown,     ///< no such trip
  not_priced,  ///< this trip is not settled here (app entry, empty cart, settlement off)
};

struct HistoryEntry {
  WallTime at;
  SettlementState state = SettlementState::awaiting_price;
  std::string reason;
};

/// All that the ledger knows of one trip, without the cart's bytes.
struct TripView {
  std::int64_t sequence = 0;
  std::string trip_id;
  std::string purchase_id;
  Entry entry = Entry::app;
  WallTime started_at;
  WallTime received_at;
  std::int64_t cart_bytes = 0;
  std::int64_t differing_carts = 0;
  std::vector<Delivery> deliveries;
  std::optional<Settlement> settlement;
  std::vector<Refund> refunds;
  std::vector<HistoryEntry> history;
};

/// What is in the ledger, counted in one read transaction.
struct LedgerCounts {
  std::int64_t trips = 0;
  std::int64_t differing_carts = 0;
  std::int64_t pending = 0;    ///< deliveries
  std::int64_t delivered = 0;  ///< deliveries
  std::int64_t set_aside = 0;  ///< deliveries
  std::int64_t damaged = 0;    ///< of those set aside: unreadable, or not what was recorded
  std::optional<WallTime> oldest_pending_at;
  std::int64_t settlement_open = 0;  ///< neither final nor held
  std::int64_t awaiting_price = 0;
  std::int64_t captured = 0;
  std::int64_t cancelled = 0;
  std::int64_t declined = 0;
  std::int64_t held = 0;
  std::int64_t expired = 0;
  std::int64_t expired_recently = 0;  ///< of those, trips that began after the given time
  std::int64_t checked_out = 0;
  std::optional<WallTime> oldest_uncharged_trip_at;  ///< start of the oldest trip still open
  std::int64_t captures_unclear = 0;                 ///< in doubt, held ones among them
  std::optional<WallTime> oldest_unclear_trip_at;    ///< start of the oldest such trip
  std::optional<LedgerGap> gap{};  ///< the gravest that nobody has accepted; see find_gap()
  WithheldCharges withheld{};      ///< because of it
};

[[nodiscard]] std::string_view to_text(Entry entry);
[[nodiscard]] std::string_view to_text(DeliveryKind kind);
[[nodiscard]] std::string_view to_text(DeliveryState state);
[[nodiscard]] std::string_view to_text(SettlementState state);
[[nodiscard]] std::string_view to_text(CartOutcome outcome);
/// As Amazon writes it: "DAMAGED_ITEM".
[[nodiscard]] std::string_view to_text(RefundReason reason);
[[nodiscard]] std::optional<RefundReason> refund_reason_from(std::string_view text);
/// "pending", "delivered" or "set_aside".
[[nodiscard]] std::optional<DeliveryState> delivery_state_from(std::string_view text);
[[nodiscard]] bool is_final(SettlementState state);

}  // namespace gatehouse::store
