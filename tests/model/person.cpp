#include "tests/model/person.hpp"

#include <fmt/format.h>

#include <array>

#include "sync/amazon/amazon_lane.hpp"

namespace gatehouse::sync::model {
namespace {

using State = store::SettlementState;

/// After so many answers to one trip it is to be over.
constexpr int patience = 3;

std::string text_of(const Money& money) {
  return format_amount(money) + " " + money.currency;
}

}  // namespace

void Person::visit(simulation::Box& box, const std::string& trip_id) {
  const auto view = box.trip(trip_id);
  for (const auto& delivery : view.deliveries) {
    if (delivery.state == store::DeliveryState::set_aside) box.retry(delivery.id);
  }
  if (!view.settlement) return;
  const auto& settlement = *view.settlement;
  const auto& plan = plan_of(plan_, trip_id);
  if (!settlement.amount && !plan.empty && dice_.happens(0.8)) set_price(box, plan);
  if (plan.refunded && settlement.state == State::captured) refund(box, settlement);
  if (dice_.happens(plan_.sudden_words) && answers_[trip_id] < patience) {
    return interfere(box, settlement);
  }
  answer(box, settlement);
}

void Person::set_price(simulation::Box& box, const TripPlan& plan) {
  auto money = parse_money(plan.amount, plan.currency).value();
  if (dice_.happens(plan_.sudden_words)) money.minor += 100;
  // The cloud's may come before, or its own later.
  books_.offer(plan.id, text_of(money));
  books_.note(fmt::format("a person's price for {}: {}", plan.id, text_of(money)));
  box.price(plan.id, money);
}

void Person::answer(simulation::Box& box, const store::Settlement& settlement) {
  const auto& id = settlement.trip_id;
  if (settlement.state == State::expired) {
    if (dice_.happens(0.5) && ++answers_[id] <= patience) {
      act(box, settlement, OperatorAction::release);
    }
    return;
  }
  if (settlement.state != State::held) return;
  ++answers_[id];
  if (settlement.charge_unclear || settlement.withheld) return say_what_happened(box, settlement);
  const bool cancel = answers_[id] > patience || dice_.happens(0.2);
  act(box, settlement, cancel ? OperatorAction::cancel : OperatorAction::release);
}

void Person::say_what_happened(simulation::Box& box, const store::Settlement& settlement) {
  bool charged = service_.effects(settlement.trip_id) > 0;
  if (dice_.happens(plan_.wrong_words)) {
    charged = !charged;
    was_wrong_ = true;
  }
  act(box, settlement,
      charged ? OperatorAction::release_captured : OperatorAction::release_not_captured);
}

void Person::refund(simulation::Box& box, const store::Settlement& settlement) {
  auto& number = refunds_[settlement.trip_id];
  if (number >= patience || settlement.amount->minor < 3) return;
  store::NewRefund refund{.trip_id = settlement.trip_id,
                          .request_id = fmt::format("{}-refund-{}", settlement.trip_id, ++number),
                          .amount = *settlement.amount,
                          .reason = store::RefundReason::other,
                          .at = box.clock().wall()};
  refund.amount.minor = 1 + static_cast<std::int64_t>(
                                dice_.below(static_cast<std::size_t>(settlement.amount->minor)));
  refund.payload = refund_request("STORE-001", refund);
  (void)box.refund(refund);
}

void Person::interfere(simulation::Box& box, const store::Settlement& settlement) {
  constexpr std::array actions{OperatorAction::hold, OperatorAction::release,
                               OperatorAction::cancel};
  ++answers_[settlement.trip_id];
  act(box, settlement, dice_.of(std::span<const OperatorAction>(actions)));
}

bool Person::act(simulation::Box& box, const store::Settlement& settlement, OperatorAction action) {
  if (!decide(settlement, action)) return false;
  if (action == OperatorAction::release_captured) books_.person_says_captured(settlement.trip_id);
  if (action == OperatorAction::release_not_captured) {
    books_.person_says_not_captured(settlement.trip_id);
  }
  books_.note(fmt::format("a person's act {} on {}, which was {}", static_cast<int>(action),
                          settlement.trip_id, store::to_text(settlement.state)));
  box.act(settlement.trip_id, action);
  return true;
}

}  // namespace gatehouse::sync::model
