// What the answer to a call means for the trip, and for everything else that is to be called.
#include <utility>

#include "sync/amazon/doubt.hpp"
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

/// Of Amazon's "expired": a charge that may have been made does not end by it.
Event expiry_of(const store::Settlement& settlement) {
  const bool held = next(settlement.state, Event::expired_in_doubt).to == SettlementState::held;
  return settlement.charge_unclear && held ? Event::expired_in_doubt : Event::expired;
}

}  // namespace

void Settler::on_reply(std::int64_t trip, Call call, const Reply& reply) {
  Trip& chosen = busy_.at(trip);
  chosen.request = 0;
  auto answer = read_payment_answer(call, chosen.settlement.amount, reply,
                                    options_.reconciliation_means_captured);
  if (call == Call::shopper_identity) return on_shopper_reply(trip, std::move(answer), reply);
  const auto delay = settle_destination(chosen.settlement, answer, reply);
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
                     .delay = delay});
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
  answer.certain = false;  // must not keep charges back
  const auto delay = settle_destination(chosen.settlement, answer, reply);
  record_step(trip, {.event = again ? answer.event : Event::details,
                     .reason = std::move(answer.reason),
                     .details = *std::move(chosen.details),
                     .shopper_email = std::move(answer.details),
                     .delay = delay});
}

milliseconds Settler::settle_destination(const store::Settlement& settlement,
                                         const PaymentAnswer& answer, const Reply& reply) {
  auto& destination = sender_.destination();
  const int failures = settlement.attempts + 1;
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
    destination.succeeded();
  }
  return retry_delay({.failures = failures + (unknown ? unknown_trip_head_start : 0)}, chance_());
}

Event Settler::final_event(std::int64_t trip, const PaymentAnswer& answer) {
  const auto& settlement = busy_.at(trip).settlement;
  const bool repeats = options_.unknown_capture == UnknownCapture::ask_then_repeat;
  if (answer.event == Event::approved &&
      (sender_.is_stopping() || !may_capture(settlement, repeats))) {
    return Event::approved_at_stop;  // to capture_due, where choose() looks again whether it may
  }
  if (answer.event == Event::expired) return expiry_of(settlement);
  if (answer.event == Event::details && is_in_doubt(settlement.state)) {
    return clear_look(settlement);
  }
  // A reconciliationId proves no capture where none was sent.
  if (answer.event == Event::reconciled && is_in_doubt(settlement.state) &&
      captures_that_count(settlement) < 1) {
    return Event::undecided;
  }
  if (settlement.state == SettlementState::held) return answer.event;
  if (answer.event == Event::unknown_trip) {
    if (++unknown_trip_answers_[trip] <= unknown_trip_answers_max) return Event::unknown_trip;
    unknown_trip_answers_.erase(trip);
    return Event::refused;
  }
  if (answer.well) unknown_trip_answers_.erase(trip);
  return answer.event;
}

}  // namespace gatehouse::sync
