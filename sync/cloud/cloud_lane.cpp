#include "sync/cloud/cloud_lane.hpp"

#include <utility>

#include "store/ledger/records/store_of_trip.hpp"
#include "sync/amazon/checkout_cart.hpp"
#include "sync/amazon/payment_record.hpp"
#include "sync/cloud/charge_grant.hpp"
#include "sync/cloud/cloud_answer.hpp"
#include "sync/cloud/cloud_decision.hpp"
#include "sync/cloud/delivery_request.hpp"
#include "sync/transport/refusal.hpp"

namespace gatehouse::sync {
namespace {

constexpr std::string_view unusable = "delivered, but its price cannot be used: ";
/// It has the cart from another attempt, or another box, whose answer we do not know.
constexpr std::string_view unpriced =
    "delivered, but the cloud answered 409 without a price, so none will come by itself: answer "
    "the next record of the trip with it, or `gatehouse trip charge ID AMOUNT CODE`";

constexpr Refuser cloud_refuser{.name = "the cloud",
                                .address_key = "cloud.url",
                                .region_key = "cloud.region",
                                .is_amazons = false};

}  // namespace

CloudLane::CloudLane(std::string store_id, CloudOptions options, SettlementMode settlement)
    : store_id_(std::move(store_id)), options_(std::move(options)), settlement_(settlement) {}

Request CloudLane::request(store::Delivery& delivery) const {
  return delivery_request(options_, store_id_, delivery);
}

Judgement CloudLane::judge(const store::Delivery& delivery, const Reply& reply) const {
  if (options_.signing && refuses_signature(reply)) {
    return {.verdict = Verdict::locked_out,
            .reason = read_refusal(reply, cloud_refuser).text,
            .no_attempt = is_refused_for_its_time(reply)};
  }
  return judge_cloud_answer(delivery, reply);
}

void CloudLane::take_answer(const store::Delivery& delivery, const Reply& reply,
                            store::DeliveryAttempt& attempt) const {
  attempt.decision = decision_in(reply.body);
  // A charge that waits for a price is a record, too, and its answer may bring one.
  const bool may_price = delivery.kind == store::DeliveryKind::cart ||
                         delivery.kind == store::DeliveryKind::open_question;
  if (!may_price) return;
  const bool checkout = settlement_ == SettlementMode::checkout;
  auto grant =
      grant_in(reply.body, checkout ? GrantPlace::beside_checkout_cart : GrantPlace::charge);
  if (!grant) {
    attempt.reason = std::string(unusable) + grant.error().message;
    return;
  }
  attempt.grant = *std::move(grant);
  attempt.grant.required = options_.grant == GrantRule::required;
  take_price(delivery, reply, attempt);
  const bool none_will_come = reply.status == 409 && settlement_ != SettlementMode::none &&
                              delivery.kind == store::DeliveryKind::cart && !attempt.charge &&
                              attempt.grant.settled_elsewhere != true;
  if (none_will_come && attempt.reason.empty()) attempt.reason = unpriced;
  if (attempt.grant.settled_elsewhere == true) {
    store::Settlement settled;
    settled.trip_id = delivery.trip_id;
    settled.purchase_id = delivery.purchase_id;
    settled.store_id = delivery.store_id;
    settled.state = store::SettlementState::settled_elsewhere;
    settled.amount = attempt.charge;
    attempt.grant.record = payment_record(store_id_, settled, "", attempt.at, "");
  }
}

void CloudLane::take_price(const store::Delivery& delivery, const Reply& reply,
                           store::DeliveryAttempt& attempt) const {
  if (settlement_ == SettlementMode::checkout) {
    const auto store = store::store_of_trip(delivery.store_id, store_id_);
    auto cart = checkout_cart_in(reply.body, store, delivery.trip_id);
    if (!cart) {
      attempt.reason = std::string(unusable) + cart.error().message;
    } else if (*cart) {
      attempt.charge = (*cart)->total;
      attempt.checkout_cart = std::move((*cart)->text);
    }
    return;
  }
  auto charge = charge_in(reply.body);
  if (charge) {
    attempt.charge = *std::move(charge);
    attempt.free = attempt.charge && attempt.charge->minor == 0 && says_free(reply.body);
  } else {
    attempt.reason = std::string(unusable) + charge.error().message;
  }
}

}  // namespace gatehouse::sync
