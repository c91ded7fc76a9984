#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/records/charge_grant.hpp"
#include "store/ledger/records/decision.hpp"
#include "store/ledger/records/number_range.hpp"
#include "store/values/money.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

// The numbers are on disk: never renumber, only add.

enum class DeliveryKind : int {
  cart = 1,            ///< to the cloud
  payment_record = 2,  ///< to the cloud
  refund = 3,          ///< to Amazon
  payment_status = 4,  ///< to Amazon
  refund_record = 5,   ///< to the cloud
  refused_cart = 6,    ///< to the cloud: a cart that was answered 400, when a person says so
  open_question = 7,   ///< to the cloud: a charge that waits for a person (open_question.hpp)
};
[[nodiscard]] constexpr NumberRange numbers_of(DeliveryKind) {
  return {1, 7};
}

/// Deliveries of one lane go to one destination. A lane never waits for another one.
enum class Lane : int {
  cloud = 1,
  amazon = 2,    ///< refunds
  feedback = 3,  ///< to Amazon as well, but its host is another: payment status reports
};
[[nodiscard]] Lane lane_of(DeliveryKind kind);

enum class DeliveryState : int {
  pending = 1,
  delivered = 2,
  set_aside = 3,  ///< refused for good, damaged or in doubt: waits for an operator, with its reason
  withdrawn = 4,  ///< not true any more, or ended by a person: never sent again, by nobody
};
[[nodiscard]] constexpr NumberRange numbers_of(DeliveryState) {
  return {1, 4};
}

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
  bool unclear = false;    ///< an attempt may have had its effect; stays so
  std::string store_id{};  ///< of the trip, for store_of_trip()
  /// Of the ledger that sends it, as ledger_name() says it: only where it is read to be sent.
  std::string ledger{};
  std::string refused_reason{};  ///< of a refused cart: why it was. With the payload alone.
};

/// A delivery that may be sent now: what a choice between such needs, and no more.
struct DueDelivery {
  std::int64_t id = 0;
  std::int64_t trip_sequence = 0;
  int attempts = 0;
  WallTime next_attempt_at{};  ///< a person's retry makes it another one
};

/// A delivery that its destination refused, and that is set aside since.
struct RefusedDelivery {
  std::int64_t id = 0;
  std::string trip_id;
  DeliveryKind kind = DeliveryKind::cart;
  int status = 0;
  WallTime at;
};

/// Where a delivery stands in the order of its trip.
struct DeliveryPlace {
  DeliveryKind kind = DeliveryKind::cart;
  std::optional<std::int64_t> behind;  ///< the first of its trip that it waits for
};

/// Whether the destination says that another request has its idempotency key.
enum class KeyConflict : int {
  none = 0,
  open = 1,     ///< it may still be working on ours
  certain = 2,  ///< it has another body under that key
};

/// How one attempt at a delivery ended.
struct DeliveryAttempt {
  std::int64_t delivery_id = 0;
  DeliveryState state = DeliveryState::pending;
  WallTime at;
  WallTime next_attempt_at;  ///< only for pending
  /// '' when delivered; for a cart whose price in the cloud's answer cannot be used, why not. The
  /// settlement that waits for it is given the same reason.
  std::string reason;
  std::optional<Money> charge;  ///< price that the cloud's answer to the cart carried
  /// Instead of `charge`: the priced cart for Amazon's checkout service. `charge` is its total
  /// then.
  std::string checkout_cart{};
  ChargeGrant grant{};  ///< who may charge that, in the same answer
  /// It did not succeed, and may have had its effect all the same.
  bool unclear = false;
  KeyConflict conflict = KeyConflict::none;
  /// For a refund that was delivered: what the cloud is told about it, in the same commit.
  std::string refund_record{};
  /// Of one that is set aside, where the destination may refuse all: the status; 0: none.
  int refused_status = 0;
  bool free = false;  ///< of a `charge` of nothing: it is meant
  /// A person's word about the charge of the trip, which the cloud's answer carried.
  std::optional<NewDecision> decision{};
  bool counts = true;  ///< in Delivery::attempts: not where the clock was at fault
};

[[nodiscard]] std::string_view to_text(DeliveryKind kind);
[[nodiscard]] std::string_view to_text(DeliveryState state);
/// "pending", "delivered", "set_aside" or "withdrawn".
[[nodiscard]] std::optional<DeliveryState> delivery_state_from(std::string_view text);

}  // namespace gatehouse::store
