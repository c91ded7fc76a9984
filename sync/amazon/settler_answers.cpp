// What the answer to a call means for the trip, and for everything else that is to be called.
#include <algorithm>
#include <utility>

#include "sync/amazon/charge_limit.hpp"
#include "sync/amazon/doubt.hpp"
#include "sync/amazon/partial_approval.hpp"
#include "sync/amazon/settler.hpp"
#include "sync/delivery/retry.hpp"
#include "sync/transport/json_document.hpp"

namespace gatehouse::sync {
namespace {

using store::SettlementState;

constexpr int email_tries_max = 3;
/// UnknownShoppingTrip right after the cart may be Amazon's own delay (services.md 9.4).
constexpr int unknown_trip_answers_max = 5;
/// Those retries start further up the ladder: five of them last minutes.
constexpr int unknown_trip_head_start = 4;

/// Of Amazon's "expired": a charge that may have been made does not end by it. (Of a capture it is
/// unclear then, and what is in doubt is held by it anyway.)
Event expiry_of(const store::Settlement& settlement) {
  const bool may_be_charged =
      settlement.charge_unclear && settlement.state == SettlementState::checkout_sent;
  return may_be_charged ? Event::expired_in_doubt : Event::expired;
}

/// Where a call waits that is refused to one trip, or to all: those that change something and are
/// simply made again. A refused capture is a person's turn.
std::optional<SettlementState> due_of(Call call) {
  switch (call) {
    case Call::adjust:
      return SettlementState::adjust_due;
    case Call::cancel:
      return SettlementState::cancel_due;
    case Call::checkout:
      return SettlementState::checkout_due;
    case Call::capture:
    case Call::transactional_data:
    case Call::shopper_identity:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

void Settler::on_reply(std::int64_t trip, Call call, const Reply& reply) {
  Trip& chosen = busy_.at(trip);
  chosen.request = 0;
  auto answer = read_payment_answer(call, chosen.settlement.amount, reply);
  if (call == Call::shopper_identity) return on_shopper_reply(trip, std::move(answer), reply);
  if (answer.event == Event::refused) doubt_refusal(chosen.settlement, call, reply, answer);
  auto delay = settle_destination(chosen.settlement, answer, reply);
  if (call == Call::adjust) delay = take_decision(chosen.settlement, answer, delay);
  const Event event = final_event(trip, answer);
  if (is_in_doubt(chosen.settlement.state)) {
    answer.reason = reason_after_look(chosen.settlement, event, answer.reason);
  }
  if (chosen.settlement.state == SettlementState::details_due &&
      next(chosen.settlement.state, event).to == SettlementState::captured) {
    if (auto shopper = shopper_of(trip); !shopper.empty()) {
      chosen.details = std::move(answer.details);
      return send(trip, Call::shopper_identity, std::move(shopper));
    }
  }
  record_step(trip, {.event = event,
                     .reason = std::move(answer.reason),
                     .details = std::move(answer.details),
                     .delay = delay,
                     .no_attempt = answer.no_attempt});
}

milliseconds Settler::take_decision(store::Settlement& settlement, PaymentAnswer& answer,
                                    milliseconds delay) const {
  if (answer.approved) settlement.approved = answer.approved;
  if (answer.event == Event::approved_partly) {
    const auto part = approved_part(settlement);
    const bool captures = part && options_.partial_approval == PartialApproval::capture;
    answer.reason = reason_of_partial_approval(part, captures);
    if (captures) {
      settlement.part = part;
      answer.event = Event::approved;
    }
  }
  if (answer.event != Event::pending) return delay;
  auto why_not = objection_to(settlement, Call::adjust, ChargeLimit{});
  if (!why_not.empty()) answer = {Event::objected, std::move(why_not), answer.well};
  return next_adjust(adjusts_that_count(settlement));
}

std::string Settler::shopper_of(std::int64_t trip) {
  if (!options_.shopper_email || sender_.is_stopping()) return "";
  const auto cart = reader_.cart(trip);
  if (!cart) return "";
  // No answer, but our own record of what the gate has read by the same rule.
  const auto document = JsonDocument::read_object(*cart, DoubledNames::keep);
  return std::string(document ? document->find("shopperIdentity.id").scalar().value_or("") : "");
}

void Settler::on_shopper_reply(std::int64_t trip, PaymentAnswer answer, const Reply& reply) {
  Trip& chosen = busy_.at(trip);
  // The e-mail is for the receipt, if it can be had: asked for again a few times after no answer,
  // and then the record goes without.
  const bool again =
      !answer.well && !answer.certain && chosen.settlement.attempts < email_tries_max;
  answer.no_attempt = false;  // the transactional data just came by the same clock
  answer.certain = false;     // must not keep charges back
  const auto delay = settle_destination(chosen.settlement, answer, reply);
  record_step(trip, {.event = again ? answer.event : Event::details,
                     .reason = std::move(answer.reason),
                     .details = *std::move(chosen.details),
                     .shopper_email = std::move(answer.details),
                     .delay = delay});
}

void Settler::doubt_refusal(const store::Settlement& settlement, Call call, const Reply& reply,
                            PaymentAnswer& answer) {
  const auto due = due_of(call);
  auto& destination = sender_.destination();
  if (!due || destination.believes_refusal({.record = settlement.trip_sequence,
                                            .trip_id = settlement.trip_id,
                                            .kind = static_cast<int>(call),
                                            .status = reply.status,
                                            .reason = answer.reason})) {
    return;
  }
  answer.event = Event::not_done;
  answer.well = false;
  answer.certain = true;
  answer.reason += "; so Amazon answers for one trip after the other, without a success between";
  for (auto& before : destination.take_back_refused(static_cast<int>(call))) {
    to_take_back_.push_back(
        {before.record, std::move(before.trip_id), *due, std::move(before.reason)});
  }
}

void Settler::take_back_refused() {
  // One whose refusal is not on disk yet is held only then.
  std::erase_if(to_take_back_, [this](const TakeBack& each) {
    if (busy_.contains(each.trip)) return false;
    take_back(each);
    return true;
  });
}

void Settler::take_back(const TakeBack& refused) {
  const auto due = refused.due;
  const auto found = reader_.trip(refused.trip_id);
  if (!found || !*found || !(*found)->settlement) return;  // stays held, where a person sees it
  const auto& held = *(*found)->settlement;
  // What a person has held since stays so, and what was held for another reason.
  const bool by_refusal =
      held.held_from == next(due, Event::started).to && held.reason == refused.reason;
  if (held.state != SettlementState::held || !by_refusal || held.charge_unclear) return;
  const auto now = clock_.wall();
  const store::SettlementChange change{
      .trip_sequence = held.trip_sequence,
      .from = held.state,
      .to = due,
      .at = now,
      .next_attempt_at = now,
      .reason = "tried once more: Amazon refused one trip after the other, so it was not this one",
      .payment_record = std::nullopt};
  sender_.recorder().commit(
      [change](store::Ledger& ledger) { return ledger.move_settlement(change); },
      [](const Result<>&) {});
}

milliseconds Settler::settle_destination(const store::Settlement& settlement,
                                         const PaymentAnswer& answer, const Reply& reply) {
  auto& destination = sender_.destination();
  const int untimely = sender_.untimely(settlement.trip_sequence, answer.no_attempt);
  const int failures = settlement.attempts + std::max(untimely, 1);
  if (!answer.well) {
    return destination.failed({.record = settlement.trip_sequence,
                               .failures = failures,
                               .certain = answer.certain,
                               .throttled = answer.throttled,
                               .retry_after = reply.retry_after,
                               .reason = answer.reason});
  }
  const bool unknown = answer.event == Event::unknown_trip;
  if (unknown || answer.event == Event::refused) {
    destination.refused(answer.reason);
  } else {
    destination.succeeded(static_cast<int>(*call_of(settlement)));
  }
  return retry_delay({.failures = failures + (unknown ? unknown_trip_head_start : 0)}, chance_());
}

Event Settler::final_event(std::int64_t trip, const PaymentAnswer& answer) {
  const auto& settlement = busy_.at(trip).settlement;
  const Event event = beside_earlier_captures(settlement, answer.event);
  if (event == Event::expired) return expiry_of(settlement);
  if (is_in_doubt(settlement.state) && (event == Event::details || event == Event::reconciled)) {
    return seen_in_doubt(settlement, answer);
  }
  if (settlement.state == SettlementState::held) return event;
  if (event == Event::unknown_trip) {
    if (++unknown_trip_answers_[trip] <= unknown_trip_answers_max) return Event::unknown_trip;
    unknown_trip_answers_.erase(trip);
    return Event::refused;
  }
  if (answer.well) unknown_trip_answers_.erase(trip);
  return event;
}

}  // namespace gatehouse::sync
