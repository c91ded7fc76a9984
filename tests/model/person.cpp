#include "tests/model/person.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "sync/amazon/checkout_cart.hpp"

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

void Person::visit(simulation::Box& box, const std::string& trip_id, BoxRole role) {
  const auto view = box.trip(trip_id);
  for (const auto& delivery : view.deliveries) {
    const bool decided = plan_.decides_refunds && delivery.kind == store::DeliveryKind::refund;
    if (delivery.state == store::DeliveryState::set_aside && !decided) box.retry(delivery.id);
  }
  cashier_.decide(box, trip_id, role);
  if (!view.settlement) return;
  const auto& settlement = *view.settlement;
  // What a copy withholds is the original's, and so is what that has captured.
  const bool is_originals = settlement.withheld || settlement.state == State::captured;
  if (role == BoxRole::copy && is_originals) return;
  const auto& plan = plan_of(plan_, trip_id);
  // Where two boxes have the cart, a price by hand at one of them could be at the wrong one.
  const bool by_hand = !plan.empty && plan_.boxes == 1;
  if (!settlement.amount && by_hand) return set_price(box, plan);
  if (plan.refunded && settlement.state == State::captured) cashier_.refund(box, settlement);
  const bool sudden = dice_for(trip_id).happens(plan_.sudden_words);
  if (sudden && answers_[trip_id] < patience) return interfere(box, settlement);
  answer(box, settlement, role);
}

bool Person::is_to_decide(BoxRole role, const store::Settlement& settlement) const {
  if (plan_.boxes == 1) return true;
  return role == BoxRole::first && books_.is_lost(settlement.price_ledger);
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
    if (!act(box, settlement, free)) answer(box, settlement, BoxRole::first);
    return;
  }
  if (plan_.checks_out) return set_checkout(box, plan);
  if (dice_for(plan.id).happens(plan_.sudden_words)) money.minor += 100;
  // The cloud's may come before, or its own later.
  books_.offer(plan.id, text_of(money));
  books_.person_has_it_charged_here(plan.id);
  books_.note(fmt::format("a person's price for {}: {}", plan.id, text_of(money)));
  box.price(plan.id, money);
}

/// As the cart that the cloud has for it: without one there is nothing to send to that service.
void Person::set_checkout(simulation::Box& box, const TripPlan& plan) {
  const auto cart = checkout_cart_in(plan.answer, plan.store, plan.id).value().value();
  books_.offer(plan.id, text_of(cart.total));
  books_.note("a person's cart for " + plan.id);
  box.price(plan.id, cart.total, cart.text);
}

void Person::answer(simulation::Box& box, const store::Settlement& settlement, BoxRole role) {
  const auto& id = settlement.trip_id;
  auto dice = dice_for(id);
  if (settlement.state == State::not_granted) {
    if (is_to_decide(role, settlement) && is_quiet(box, id)) say_what_happened(box, settlement);
    return;
  }
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
  act(box, settlement, answer_to_held(settlement, dice));
}

/// What is over the limits is let pass, what was approved is taken, or it is tried again; or it is
/// given up. (The checkout service has no cancel: what it does not take is written off.)
OperatorAction Person::answer_to_held(const store::Settlement& settlement, Dice& dice) {
  // It was withheld, and without a price it may be the other box's: docs/settlement.md, "What
  // remains possible".
  const bool of_two = plan_.boxes > 1 && loses_a_ledger(plan_);
  if (of_two && !settlement.amount) return OperatorAction::release;
  const bool ends = answers_[settlement.trip_id] > patience || dice.happens(0.2);
  if (ends) return plan_.checks_out ? OperatorAction::write_off : OperatorAction::cancel;
  const bool allows = dice.happens(0.7);
  if (!allows || !settlement.amount) return OperatorAction::release;
  if (decide(settlement, OperatorAction::capture_authorised))
    return OperatorAction::capture_authorised;
  const bool over = is_over_limit(plan_, text_of(*settlement.amount));
  const bool passes = over && decide(settlement, OperatorAction::release_confirmed);
  return passes ? OperatorAction::release_confirmed : OperatorAction::release;
}

void Person::say_what_happened(simulation::Box& box, const store::Settlement& settlement) {
  bool charged = service_.effects(settlement.trip_id) > 0;
  if (dice_for(settlement.trip_id).happens(plan_.wrong_words)) {
    charged = !charged;
    was_wrong_ = true;
  }
  // What a lost history has cancelled is not captured any more.
  const bool cancelled = service_.account(settlement.trip_id).cancels > 0;
  if (!charged && cancelled && settlement.state == State::not_granted) {
    act(box, settlement, OperatorAction::write_off);
    return;
  }
  if (!charged && cancelled && act(box, settlement, OperatorAction::cancel)) return;
  const bool ends = plan_.checks_out && answers_[settlement.trip_id] > patience;
  if (!charged && ends && act(box, settlement, OperatorAction::write_off)) return;
  act(box, settlement,
      charged ? OperatorAction::release_captured : OperatorAction::release_not_captured);
}

/// Whatever is on its way has arrived.
bool Person::is_quiet(const simulation::Box& box, const std::string& trip_id) const {
  using namespace std::chrono_literals;
  const auto& captures = books_.of(trip_id).captures;
  return captures.empty() || box.clock().steady() - captures.back().left_at >= 20min;
}

void Person::look_at_refunds(simulation::Box& box, const std::string& trip_id, BoxRole role) {
  if (!plan_of(plan_, trip_id).refunded) return;
  cashier_.decide(box, trip_id, role);
  const auto settlement = box.trip(trip_id).settlement;
  const bool captured = settlement && settlement->state == State::captured;
  if (captured && role != BoxRole::copy) cashier_.refund(box, *settlement);
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
  const auto& trip_id = settlement.trip_id;
  if (action == OperatorAction::release_captured) books_.person_says_captured(trip_id);
  if (action == OperatorAction::capture_authorised) books_.person_takes_a_part(trip_id);
  if (action == OperatorAction::write_off) books_.of(trip_id).word_off = true;
  if (action == OperatorAction::release_confirmed)
    books_.person_confirms(trip_id, text_of(*settlement.amount));
  if (action == OperatorAction::release_not_captured) {
    books_.person_says_not_captured(settlement.trip_id);
  }
  books_.note(fmt::format("a person's act {} on {}, which was {}", static_cast<int>(action),
                          settlement.trip_id, store::to_text(settlement.state)));
  box.act(settlement.trip_id, action);
  return true;
}

}  // namespace gatehouse::sync::model
