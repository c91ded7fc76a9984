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

Dice Person::dice_for(const std::string& trip_id) const {
  const auto given = answers_.find(trip_id);
  return {plan_.seed,
          fmt::format("{} answer {}", trip_id, given == answers_.end() ? 0 : given->second)};
}

void Person::visit(simulation::Box& box, const std::string& trip_id) {
  const auto view = box.trip(trip_id);
  for (const auto& delivery : view.deliveries) {
    if (delivery.state == store::DeliveryState::set_aside) box.retry(delivery.id);
  }
  if (!view.settlement) return;
  const auto& settlement = *view.settlement;
  const auto& plan = plan_of(plan_, trip_id);
  // Where two boxes have the cart, a price by hand at one of them could be at the wrong one.
  const bool by_hand = !plan.empty && !plan_.grants;
  if (!settlement.amount && by_hand) return set_price(box, plan);
  if (plan.refunded && settlement.state == State::captured) refund(box, settlement);
  const bool sudden = dice_for(trip_id).happens(plan_.sudden_words);
  if (sudden && answers_[trip_id] < patience) return interfere(box, settlement);
  answer(box, settlement);
}

void Person::look_at_gaps(simulation::Box& box, const std::vector<std::string>& trip_ids) {
  if (!box.counts().gap) return;
  for (const auto& trip_id : trip_ids) {
    const auto settlement = box.trip(trip_id).settlement;
    const auto account = service_.account(trip_id);
    const bool settled = !account.captures.empty() || account.cancels > 0;
    if (settlement && settlement->withheld && settled) return;
  }
  for (const auto& trip_id : trip_ids) {
    const auto settlement = box.trip(trip_id).settlement;
    if (settlement && settlement->withheld) books_.person_says_not_captured(trip_id);
  }
  books_.note("a person accepts the gap");
  box.accept_gaps();
}

void Person::set_price(simulation::Box& box, const TripPlan& plan) {
  auto money = parse_money(plan.amount, plan.currency).value();
  if (money.minor == 0) {
    // A price of nothing is the cloud's to say; a person says what it means.
    const auto settlement = box.trip(plan.id).settlement.value();
    const auto free = settlement.withheld ? OperatorAction::hold : OperatorAction::cancel;
    if (!act(box, settlement, free)) answer(box, settlement);
    return;
  }
  if (dice_for(plan.id).happens(plan_.sudden_words)) money.minor += 100;
  // The cloud's may come before, or its own later.
  books_.offer(plan.id, text_of(money));
  books_.note(fmt::format("a person's price for {}: {}", plan.id, text_of(money)));
  box.price(plan.id, money);
}

void Person::answer(simulation::Box& box, const store::Settlement& settlement) {
  const auto& id = settlement.trip_id;
  auto dice = dice_for(id);
  if (settlement.withheld && settlement.state == State::expired && !lets_be(id)) {
    if (service_.account(id).cancels == 0) return say_what_happened(box, settlement);
    let_be_.insert(id);  // what was cancelled is not opened again
    return;
  }
  if (settlement.withheld && settlement.state != State::held) {
    // Nobody knows what the lost history did to it; who looks at it says so.
    act(box, settlement, OperatorAction::hold);
    return;
  }
  if (settlement.state == State::expired) {
    if (lets_be(id) || (++answers_[id] <= patience && dice.happens(0.5) &&
                        act(box, settlement, OperatorAction::release))) {
      return;
    }
    let_be_.insert(id);
    return;
  }
  if (settlement.state != State::held) return;
  ++answers_[id];
  if (settlement.charge_unclear || settlement.withheld) return say_what_happened(box, settlement);
  const bool cancel = answers_[id] > patience || dice.happens(0.2);
  act(box, settlement, cancel ? OperatorAction::cancel : OperatorAction::release);
}

void Person::say_what_happened(simulation::Box& box, const store::Settlement& settlement) {
  bool charged = service_.effects(settlement.trip_id) > 0;
  if (dice_for(settlement.trip_id).happens(plan_.wrong_words)) {
    charged = !charged;
    was_wrong_ = true;
  }
  // What a lost history has cancelled is not captured any more.
  const bool cancelled = service_.account(settlement.trip_id).cancels > 0;
  if (!charged && cancelled && act(box, settlement, OperatorAction::cancel)) return;
  act(box, settlement,
      charged ? OperatorAction::release_captured : OperatorAction::release_not_captured);
}

void Person::refund(simulation::Box& box, const store::Settlement& settlement) {
  auto& number = refunds_[settlement.trip_id];
  if (number >= patience || settlement.amount->minor < 3) return;
  // What a lost history has refunded is in the processor's reports alone.
  std::int64_t left = settlement.amount->minor;
  for (const auto& [id, amount] : service_.account(settlement.trip_id).refunds) {
    left -= minor_of(amount);
  }
  if (left <= 0) return;
  store::NewRefund refund{.trip_id = settlement.trip_id,
                          .request_id = fmt::format("{}-refund-{}", settlement.trip_id, ++number),
                          .amount = *settlement.amount,
                          .reason = store::RefundReason::other,
                          .at = box.clock().wall()};
  auto dice = dice_for(refund.request_id);
  refund.amount.minor = 1 + static_cast<std::int64_t>(dice.below(static_cast<std::size_t>(left)));
  refund.payload = refund_request("STORE-001", refund);
  (void)box.refund(refund);
}

void Person::interfere(simulation::Box& box, const store::Settlement& settlement) {
  constexpr std::array actions{OperatorAction::hold, OperatorAction::release,
                               OperatorAction::cancel};
  auto dice = dice_for(settlement.trip_id);
  ++answers_[settlement.trip_id];
  if (settlement.state == State::not_granted) return;  // it is the other box's
  act(box, settlement, dice.of(std::span<const OperatorAction>(actions)));
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
