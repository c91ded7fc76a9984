#include "tests/model/cashier.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "sync/amazon/amazon_lane.hpp"
#include "tests/model/dice.hpp"

namespace gatehouse::sync::model {
namespace {

using namespace std::chrono_literals;
using store::DeliveryState;

constexpr int patience = 3;
constexpr int patience_where_decided = 6;

}  // namespace

bool has_ended(const store::Delivery& delivery) {
  if (delivery.state == DeliveryState::delivered) return true;
  if (delivery.state != DeliveryState::withdrawn) return false;
  return delivery.kind != store::DeliveryKind::refund ||
         delivery.reason.ends_with(": the refund was not made");
}

void Cashier::decide(simulation::Box& box, const std::string& trip_id, BoxRole role) {
  if (!plan_.decides_refunds) return;
  const auto view = box.trip(trip_id);
  for (const auto& refund : view.refunds) {
    const auto delivery =
        std::ranges::find(view.deliveries, refund.delivery_id, &store::Delivery::id);
    if (delivery != view.deliveries.end()) decide(box, refund, *delivery, role);
  }
}

/// What a lost history may have ended and replaced is not retried, nor what its original still
/// sends.
void Cashier::decide(simulation::Box& box, const store::Refund& refund,
                     const store::Delivery& delivery, BoxRole role) {
  if (has_ended(delivery)) return;
  Dice dice(plan_.seed, fmt::format("{} look {}", refund.request_id, looks_[refund.request_id]++));
  const bool made = service_.account(delivery.trip_id).refunds.contains(refund.request_id);
  const bool waits = delivery.state == DeliveryState::pending;
  if (waits && dice.happens(made ? 0.3 : 0.5)) return;
  const bool is_known = !loses_a_ledger(plan_) && role != BoxRole::copy;
  if (delivery.state == DeliveryState::set_aside && is_known && dice.happens(0.3)) {
    return box.retry(delivery.id);
  }
  const auto decided = box.decide_refund(delivery, made, "Ann");
  books_.person_says_of_refund(box, {delivery.trip_id, refund.request_id, made, decided});
}

void Cashier::refund(simulation::Box& box, const store::Settlement& settlement) {
  const auto& trip_id = settlement.trip_id;
  auto& number = refunds_[trip_id];
  const auto captured = settlement.part.value_or(*settlement.amount);
  const int most = plan_.decides_refunds ? patience_where_decided : patience;
  if (number >= most || captured.minor < 3) return;
  // What a lost history has refunded is in the processor's reports alone, and what waits in
  // neither, nor what is still on its way.
  const auto waits = [](const store::Delivery& each) {
    return each.kind == store::DeliveryKind::refund && !has_ended(each);
  };
  const auto deliveries = box.trip(trip_id).deliveries;
  const bool is_known = !loses_a_ledger(plan_);
  if (!is_known && std::ranges::any_of(deliveries, waits)) return;
  if (!is_known && !is_quiet(trip_id, box.clock().steady())) return;
  const auto& made = service_.account(trip_id).refunds;
  if (!is_known) books_.person_reads_refunds(trip_id, made);
  std::int64_t left = captured.minor;
  for (const auto& [id, amount] : made) left -= minor_of(amount);
  if (left <= 0) return;
  store::NewRefund refund{.trip_id = trip_id,
                          .request_id = fmt::format("{}-refund-{}", trip_id, ++number),
                          .amount = *settlement.amount,
                          .reason = store::RefundReason::other,
                          .at = box.clock().wall()};
  refund.amount.minor = amount_of_next(refund.request_id, captured.minor, left);
  refund.payload = refund_request(plan_of(plan_, trip_id).store, refund);
  (void)box.refund(refund);
}

std::int64_t Cashier::amount_of_next(const std::string& request_id, std::int64_t captured,
                                     std::int64_t left) const {
  Dice dice(plan_.seed, request_id + " answer 0");
  const auto some = 1 + static_cast<std::int64_t>(dice.below(static_cast<std::size_t>(left)));
  if (!plan_.decides_refunds) return some;
  if (dice.happens(0.4)) return left;
  return !loses_a_ledger(plan_) && dice.happens(0.2) ? captured : some;
}

bool Cashier::is_quiet(const std::string& trip_id, SteadyTime now) const {
  const auto left_at = books_.of(trip_id).last_refund_at;
  return !left_at || now - *left_at >= 20min;
}

}  // namespace gatehouse::sync::model
