#include "sync/amazon/settler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sync/amazon/amazon_lane.hpp"
#include "sync/amazon/doubt.hpp"
#include "sync/amazon/payment_record.hpp"
#include "sync/delivery/due.hpp"
#include "sync/delivery/retry.hpp"
#include "sync/transport/json_document.hpp"

namespace gatehouse::sync {
namespace {

using store::SettlementState;

/// A trip whose step cannot be written down is tried again after this.
constexpr milliseconds damage_pause = std::chrono::minutes{15};
constexpr int email_tries_max = 3;
/// UnknownShoppingTrip right after the cart may be Amazon's own delay (services.md 9.4).
constexpr int unknown_trip_answers_max = 5;
/// Those retries start further up the ladder: five of them last minutes.
constexpr int unknown_trip_head_start = 4;

bool is_sent(SettlementState state) {
  return state == SettlementState::adjust_sent || state == SettlementState::capture_sent ||
         state == SettlementState::cancel_sent || state == SettlementState::checkout_sent;
}

/// Of Amazon's "expired": a charge that may have been made does not end by it.
Event expiry_of(const store::Settlement& settlement) {
  const bool held = next(settlement.state, Event::expired_in_doubt).to == SettlementState::held;
  return settlement.charge_unclear && held ? Event::expired_in_doubt : Event::expired;
}

/// Whether this answer leaves open that the shopper was charged.
bool leaves_in_doubt(SettlementState state, Event event) {
  return event == Event::unclear &&
         (state == SettlementState::capture_sent || state == SettlementState::checkout_sent);
}

/// The call surely charged nothing: Amazon, or whoever answered in its place, says no to it.
bool is_capture_not_done(SettlementState state, Event event) {
  return state == SettlementState::capture_sent &&
         (event == Event::not_done || event == Event::unknown_trip || event == Event::refused ||
          event == Event::expired || event == Event::expired_in_doubt);
}

int attempts_after(const store::Settlement& settlement, Pace pace) {
  if (pace == Pace::at_once || pace == Pace::look) return 0;
  return settlement.attempts + (pace == Pace::later ? 1 : 0);
}

}  // namespace

Settler::Settler(std::string store_id, JwoOptions options, AwsCredentials credentials,
                 const Surroundings& surroundings)
    : store_id_(std::move(store_id)),
      options_(std::move(options)),
      credentials_(std::move(credentials)),
      reader_(surroundings.reader),
      transport_(surroundings.transport),
      clock_(surroundings.clock),
      chance_(surroundings.chance),
      sender_(surroundings),
      started_at_(clock_.steady()) {}

Settler::~Settler() {
  for (const auto& [sequence, trip] : busy_) {
    if (trip.request != 0) transport_.cancel(trip.request);
  }
}

void Settler::reload(JwoOptions options, AwsCredentials credentials) {
  options_ = std::move(options);
  credentials_ = std::move(credentials);
}

std::string Settler::what_is_missing() const {
  if (options_.settlement == SettlementMode::none) return "";
  if (options_.settlement == SettlementMode::payment && options_.payments_url.empty()) {
    return "settlement waits: set jwo.region to one of Amazon's, or jwo.payments_url";
  }
  if (options_.settlement == SettlementMode::checkout && options_.checkout_url.empty()) {
    return "settlement waits: set jwo.region to one of Amazon's, or jwo.checkout_url";
  }
  if (credentials_.access_key_id.empty() || credentials_.secret_access_key.empty()) {
    return "settlement waits: no AWS credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY "
           "(and AWS_SESSION_TOKEN for temporary ones)";
  }
  return "";
}

DestinationStatus Settler::status() const {
  return sender_.status(options_.settlement != SettlementMode::none, what_is_missing());
}

SteadyTime Settler::turn() {
  const bool may_start = options_.settlement != SettlementMode::none;
  return sender_.turn(may_start, [this] { return start_due(); });
}

std::size_t Settler::slots() const {
  if (!what_is_missing().empty()) return 0;
  const auto free = options_.max_in_flight - std::min(busy_.size(), options_.max_in_flight);
  // A probe is on its way from the moment its trip was chosen, before its intent is on disk.
  if (sender_.destination().closed_until() && !busy_.empty()) return 0;
  return sender_.destination().allowance(free);
}

SteadyTime Settler::start_due() {
  const auto wanted = slots();
  const auto closed_until = sender_.destination().closed_until();
  if (wanted == 0) {
    return busy_.empty() ? closed_until.value_or(SteadyTime::max()) : SteadyTime::max();
  }
  // A look never takes all slots, however many charges are in doubt, and never the probe that a
  // charge could be. What charges leave free is not needed: a look can wait.
  const bool probing = closed_until.has_value();
  const auto looks = probing ? Started{} : start_looks(std::min(wanted, look_slots()));
  const auto charges = start_charges(wanted - looks.begun);
  if (!probing || charges.begun > 0) return std::min(looks.wake, charges.wake);
  return std::min(charges.wake, start_looks(1).wake);
}

Settler::Started Settler::start_charges(std::size_t wanted) {
  Started started;
  if (wanted == 0) return started;
  const auto looked_at = wanted + busy_.size() + sender_.quarantine().size();
  auto due = sender_.destination().closed_until()
                 ? reader_.least_tried_settlements(clock_.wall(), due_wait_max, looked_at)
                 : reader_.due_settlements(clock_.wall(), due_wait_max, looked_at);
  if (!due) return ledger_failed(due.error());
  for (auto& settlement : *due) {
    if (is_out(settlement.trip_sequence)) continue;
    if (started.begun == wanted) return started;  // their outcomes wake us
    choose(std::move(settlement));
    ++started.begun;
  }
  if (started.begun == wanted) return started;
  const auto next_due = reader_.next_settlement_due();
  if (!next_due) return ledger_failed(next_due.error());
  sender_.ledger_is_well();
  started.wake = look_again(*next_due, clock_);
  return started;
}

bool Settler::is_out(std::int64_t trip) const {
  return busy_.contains(trip) || sender_.keeps_out(trip);
}

Settler::Started Settler::ledger_failed(const Error& error) {
  return {.begun = 0, .wake = sender_.ledger_failed(error)};
}

void Settler::choose(store::Settlement settlement) {
  const auto trip = settlement.trip_sequence;
  const auto& chosen = busy_.emplace(trip, Trip{std::move(settlement)}).first->second.settlement;
  const auto what = call_of(chosen);
  if (!what) return void(busy_.erase(trip));
  if (waited_enough(chosen, options_.charge_window, clock_.wall())) {
    return record_step(trip, {.event = Event::waited_enough, .reason = chosen.reason});
  }
  if (*what == Call::checkout && options_.checkout_url.empty()) {
    return record_step(trip, {.event = Event::refused,
                              .reason = "a checkout, and jwo.checkout_url is not set nor known for "
                                        "jwo.region: set it, then release the trip"});
  }
  const bool repeats = options_.unknown_capture == UnknownCapture::ask_then_repeat;
  if (*what == Call::capture && !may_capture(chosen, repeats)) {
    return record_step(trip, {.event = Event::doubtful,
                              .reason = "an earlier capture may have charged: asked about first"});
  }
  if (!needs_intent(chosen.state)) return call(trip);
  record_step(trip, {.event = Event::started, .reason = chosen.reason});
}

void Settler::call(std::int64_t trip) {
  Trip& chosen = busy_.at(trip);
  const Call what = *call_of(chosen.settlement);
  std::string cart;
  if (what == Call::checkout) {
    auto read = reader_.checkout_cart(trip);
    if (!read && read.error().remedy == Remedy::repair) {
      return record_step(trip, {.event = Event::refused,
                                .reason = "its checkout cart is damaged: " + read.error().message});
    }
    if (!read) return cut_off(trip, read.error());
    cart = *std::move(read);
  }
  send(trip, what, std::move(cart));
}

void Settler::send(std::int64_t trip, Call call, std::string subject) {
  Trip& chosen = busy_.at(trip);
  auto request = payment_request(options_, credentials_, store_id_, chosen.settlement, call,
                                 std::move(subject));
  sender_.destination().started();
  chosen.request = transport_.start(
      std::move(request), [this, trip, call](const Reply& reply) { on_reply(trip, call, reply); });
}

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

void Settler::cut_off(std::int64_t trip, const Error& error) {
  record_step(
      trip,
      {.event = Event::not_done, .reason = error.message, .delay = Sender::pause_after_refusal});
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

void Settler::record_step(std::int64_t trip, const Move& move) {
  const auto& settlement = busy_.at(trip).settlement;
  const Step step = next(settlement.state, move.event);
  const auto now = clock_.wall();
  const auto delay = delay_after(settlement, step, move);
  note_doubt(settlement, step, delay);
  store::SettlementChange change{
      .trip_sequence = trip,
      .from = settlement.state,
      .to = step.to,
      .attempts = attempts_after(settlement, step.pace),
      .at = now,
      .next_attempt_at = now + delay,
      .reason = move.reason,
      .payment_record = std::nullopt,
      .charge_unclear = leaves_in_doubt(settlement.state, move.event),
      .charge_cleared_up = move.event == Event::reconciled && captures_that_count(settlement) < 2,
      .capture_not_done = is_capture_not_done(settlement.state, move.event),
      .clear_looks = clear_looks_after(settlement, move.event)};
  if (!payment_status(step.to).empty()) {
    auto settled = settlement;
    settled.state = step.to;
    change.payment_record =
        payment_record(store_id_, settled, move.details, now, move.shopper_email);
    if (options_.report_payment_status && !options_.feedback_url.empty()) {
      change.payment_status =
          payment_status_report(store_id_, settled, now, options_.payment_status_time);
    }
  }
  sender_.recorder().commit(
      [change](store::Ledger& ledger) { return ledger.move_settlement(change); },
      [this, change](const Result<>& result) { on_recorded(change, result); });
}

void Settler::on_recorded(const store::SettlementChange& change, const Result<>& result) {
  const auto trip = change.trip_sequence;
  Trip& chosen = busy_.at(trip);
  if (!result && result.error().remedy == Remedy::reject && is_in_doubt(change.from)) {
    return void(busy_.erase(trip));  // a person was quicker
  }
  if (!result) {
    busy_.erase(trip);
    const auto& [remedy, why] = result.error();
    if (remedy != Remedy::repair) return sender_.pause(why);
    return sender_.keep_out(trip, clock_.steady() + damage_pause, why);
  }
  sender_.let_in(trip);
  chosen.settlement.state = change.to;
  chosen.settlement.attempts = change.attempts;
  if (change.to == SettlementState::capture_sent) ++chosen.settlement.captures_sent;
  chosen.settlement.charge_unclear = chosen.settlement.charge_unclear || change.charge_unclear;
  if (!is_sent(change.to)) return void(busy_.erase(trip));
  if (!sender_.is_stopping()) return call(trip);
  // Nobody must wonder at the next start whether it left.
  record_step(trip,
              {.event = Event::not_done, .reason = "gatehoused stopped before the call left"});
}

}  // namespace gatehouse::sync
