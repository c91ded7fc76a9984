#include "sync/settler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sync/amazon_lane.hpp"
#include "sync/answer_fields.hpp"
#include "sync/due.hpp"
#include "sync/payment_record.hpp"

namespace gatehouse::sync {
namespace {

using store::SettlementState;

constexpr milliseconds pause_after_refusal{1'000};
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

/// A charge that may have been made does not simply expire where that would hide it.
Event expiry_of(const store::Settlement& settlement) {
  const bool held = next(settlement.state, Event::expired_in_doubt).to == SettlementState::held;
  return settlement.charge_unclear && held ? Event::expired_in_doubt : Event::expired;
}

/// Whether this answer leaves open that the shopper was charged.
bool leaves_in_doubt(SettlementState state, Event event) {
  return event == Event::unclear &&
         (state == SettlementState::capture_sent || state == SettlementState::checkout_sent);
}

/// Why a capture of unknown outcome is where transactional data put it; '' : the answer says so.
std::string_view reason_after_asking(Event event) {
  if (event == Event::reconciled) {
    return "counted as captured: transactional data carries a reconciliationId";
  }
  if (event == Event::undecided) {
    return "the capture had no clear answer, and by jwo.unknown_capture or "
           "jwo.reconciliation_means_captured it is not repeated: find out from the processor's "
           "reports whether the shopper was charged, then release the trip with --captured or "
           "--not-captured";
  }
  return "";
}

int attempts_after(const store::Settlement& settlement, Pace pace) {
  if (pace == Pace::at_once) return 0;
  return settlement.attempts + (pace == Pace::later ? 1 : 0);
}

}  // namespace

Settler::Settler(std::string store_id, JwoOptions options, AwsCredentials credentials,
                 store::LedgerReader& reader, LedgerPort& port, Transport& transport,
                 const Clock& clock, Chance chance)
    : store_id_(std::move(store_id)),
      options_(std::move(options)),
      credentials_(std::move(credentials)),
      reader_(reader),
      transport_(transport),
      clock_(clock),
      chance_(std::move(chance)),
      destination_(clock, chance_),
      recorder_(port, clock),
      grace_until_(clock.steady() + options_.capture_grace) {}

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
  DestinationStatus status = destination_.status();
  status.configured = options_.settlement != SettlementMode::none;
  if (auto missing = what_is_missing(); !missing.empty()) {
    status.open = false;
    status.last_error = std::move(missing);
  } else if (status.last_error.empty()) {
    status.last_error = ledger_error_;
  }
  return status;
}

bool Settler::may_start() const {
  return !stopping_ && options_.settlement != SettlementMode::none;
}

SteadyTime Settler::turn() {
  const SteadyTime recording = recorder_.turn();
  if (!may_start()) return recording;
  if (clock_.steady() < paused_until_) return std::min(recording, paused_until_);
  return std::min(recording, start_due());
}

std::size_t Settler::slots() const {
  if (!what_is_missing().empty()) return 0;
  const auto free = options_.max_in_flight - std::min(busy_.size(), options_.max_in_flight);
  // A probe is on its way from the moment its trip was chosen, before its intent is on disk.
  if (destination_.closed_until() && !busy_.empty()) return 0;
  return destination_.allowance(free);
}

SteadyTime Settler::start_due() {
  const SteadyTime expiring = expire_unpriced();
  const auto wanted = slots();
  // Without a slot there is still what expires: it comes first, for its trips began first.
  const auto looked_at = std::max<std::size_t>(wanted, 1) + busy_.size() + withheld_.size();
  const bool probing = destination_.closed_until().has_value();
  auto due = probing && wanted > 0
                 ? reader_.least_tried_settlements(clock_.wall(), due_wait_max, looked_at)
                 : reader_.due_settlements(clock_.wall(), due_wait_max, looked_at);
  if (!due) return ledger_failed(due.error());
  std::size_t begun = 0;
  for (auto& settlement : *due) {
    if (is_out(settlement.trip_sequence)) continue;
    const bool past_deadline = is_past_deadline(settlement);
    if (must_wait(settlement) && !past_deadline) continue;
    if (begun == wanted && !past_deadline) break;
    begin(std::move(settlement));
    if (!past_deadline) ++begun;
  }
  if (wanted == 0 && busy_.empty()) {
    return std::min(expiring, destination_.closed_until().value_or(SteadyTime::max()));
  }
  if (begun == wanted) return expiring;
  const auto next_due = reader_.next_settlement_due();
  if (!next_due) return ledger_failed(next_due.error());
  ledger_error_.clear();
  return std::min(expiring, look_again(*next_due, clock_));
}

SteadyTime Settler::expire_unpriced() {
  constexpr std::size_t at_once = 16;
  auto oldest = reader_.oldest_without_price(at_once + withheld_.size());
  if (!oldest) return ledger_failed(oldest.error());
  for (auto& settlement : *oldest) {
    if (is_out(settlement.trip_sequence)) continue;
    if (!is_past_deadline(settlement)) {
      return look_again(deadline(settlement, options_.charge_window), clock_);
    }
    begin(std::move(settlement));
  }
  return SteadyTime::max();  // their outcomes wake us
}

bool Settler::is_out(std::int64_t trip) const {
  return busy_.contains(trip) || withheld_.holds(trip, clock_.steady());
}

bool Settler::is_past_deadline(const store::Settlement& settlement) const {
  const auto limit = deadline(settlement, options_.charge_window);
  return limit && clock_.wall() > *limit;
}

SteadyTime Settler::ledger_failed(const Error& error) {
  ledger_error_ = error.message;
  return clock_.steady() + pause_after_refusal;
}

bool Settler::must_wait(const store::Settlement& settlement) const {
  if (settlement.state != SettlementState::capture_unknown) return false;
  // By the steady clock: a wall clock that is set must not cut the grace short.
  const auto own = capture_grace_.find(settlement.trip_sequence);
  const auto until = own == capture_grace_.end() ? grace_until_ : own->second;
  return clock_.steady() < until;
}

void Settler::begin(store::Settlement settlement) {
  const auto trip = settlement.trip_sequence;
  const auto& chosen = busy_.emplace(trip, Trip{std::move(settlement)}).first->second.settlement;
  if (is_past_deadline(chosen)) return expire(trip);
  if (call_in(chosen.state) == Call::checkout && options_.checkout_url.empty()) {
    return advance(trip, {.event = Event::refused,
                          .reason = "a checkout, and jwo.checkout_url is not set nor known for "
                                    "jwo.region: set it, then release the trip"});
  }
  if (!needs_intent(chosen.state)) return call(trip);
  advance(trip, {.event = Event::started, .reason = chosen.reason});
}

void Settler::expire(std::int64_t trip) {
  const auto& settlement = busy_.at(trip).settlement;
  const auto what = call_in(settlement.state);
  const Event event = expiry_of(settlement);
  advance(trip,
          {.event = event,
           .reason = fmt::format(
               "too late since {} for {}{}; last: {}",
               rfc3339(*deadline(settlement, options_.charge_window)),
               what ? to_text(*what) : "a price",
               event == Event::expired_in_doubt ? ", and an earlier call may have charged" : "",
               settlement.reason.empty() ? "-" : settlement.reason)});
}

void Settler::call(std::int64_t trip) {
  Trip& chosen = busy_.at(trip);
  const Call what = *call_in(chosen.settlement.state);
  std::string cart;
  if (what == Call::checkout) {
    auto read = reader_.checkout_cart(trip);
    if (!read && read.error().remedy == Remedy::repair) {
      return advance(trip, {.event = Event::refused,
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
  destination_.started();
  chosen.request = transport_.start(
      std::move(request), [this, trip, call](const Reply& reply) { answered(trip, call, reply); });
}

std::string Settler::shopper_of(std::int64_t trip) {
  if (!options_.shopper_email || stopping_) return "";
  const auto cart = reader_.cart(trip);
  const auto fields = cart ? AnswerFields::read(*cart) : std::nullopt;
  return std::string(fields ? fields->find("shopperIdentity.id").value_or("") : "");
}

void Settler::answered(std::int64_t trip, Call call, const Reply& reply) {
  Trip& chosen = busy_.at(trip);
  chosen.request = 0;
  auto answer = read_payment_answer(call, chosen.settlement.amount, reply,
                                    options_.reconciliation_means_captured);
  auto counted = answer;
  if (call == Call::shopper_identity) counted.certain = false;  // must not keep charges back
  auto delay = settle_destination(chosen.settlement, counted, reply);
  const Event event = final_event(trip, answer);
  if (next(chosen.settlement.state, event).to == SettlementState::capture_unknown) {
    delay = std::max(delay, options_.capture_grace);
    capture_grace_[trip] = clock_.steady() + options_.capture_grace;
  } else {
    capture_grace_.erase(trip);
  }
  if (chosen.settlement.state == SettlementState::capture_unknown) {
    if (const auto why = reason_after_asking(event); !why.empty()) answer.reason = why;
  }
  if (chosen.details) {
    // The e-mail is for the receipt, if it can be had: asked for again a few times after no answer,
    // and then the record goes without.
    const bool again =
        !answer.well && !answer.certain && chosen.settlement.attempts < email_tries_max;
    return advance(trip, {.event = again ? event : Event::details,
                          .reason = std::move(answer.reason),
                          .details = *std::move(chosen.details),
                          .shopper_email = std::move(answer.details),
                          .delay = delay});
  }
  if (chosen.settlement.state == SettlementState::details_due &&
      next(chosen.settlement.state, event).to == SettlementState::captured) {
    if (auto shopper = shopper_of(trip); !shopper.empty()) {
      chosen.details = std::move(answer.details);
      return send(trip, Call::shopper_identity, std::move(shopper));
    }
  }
  advance(trip, {.event = event,
                 .reason = std::move(answer.reason),
                 .details = std::move(answer.details),
                 .delay = delay});
}

void Settler::cut_off(std::int64_t trip, const Error& error) {
  advance(trip, {.event = Event::not_done, .reason = error.message, .delay = pause_after_refusal});
}

milliseconds Settler::settle_destination(const store::Settlement& settlement,
                                         const PaymentAnswer& answer, const Reply& reply) {
  const int failures = settlement.attempts + 1;
  if (!answer.well) {
    return destination_.failed({.record = settlement.trip_sequence,
                                .failures = failures,
                                .certain = answer.certain,
                                .throttled = answer.throttled,
                                .retry_after = reply.retry_after,
                                .reason = answer.reason});
  }
  const bool unknown = answer.event == Event::unknown_trip;
  if (unknown || answer.event == Event::refused) {
    destination_.refused(answer.reason);
  } else {
    destination_.succeeded();
  }
  return retry_delay({.failures = failures + (unknown ? unknown_trip_head_start : 0)}, chance_());
}

Event Settler::final_event(std::int64_t trip, const PaymentAnswer& answer) {
  const auto& settlement = busy_.at(trip).settlement;
  if (answer.event == Event::approved && stopping_) return Event::approved_at_stop;
  if (answer.event == Event::expired) return expiry_of(settlement);
  if (answer.event == Event::details && settlement.state == SettlementState::capture_unknown &&
      options_.unknown_capture == UnknownCapture::hold) {
    return Event::undecided;
  }
  if (answer.event == Event::unknown_trip) {
    if (++unknown_trip_answers_[trip] <= unknown_trip_answers_max) return Event::unknown_trip;
    unknown_trip_answers_.erase(trip);
    return Event::refused;
  }
  if (answer.well) unknown_trip_answers_.erase(trip);
  return answer.event;
}

void Settler::advance(std::int64_t trip, const Move& move) {
  const auto& settlement = busy_.at(trip).settlement;
  const Step step = next(settlement.state, move.event);
  const auto now = clock_.wall();
  store::SettlementChange change{
      .trip_sequence = trip,
      .from = settlement.state,
      .to = step.to,
      .attempts = attempts_after(settlement, step.pace),
      .at = now,
      .next_attempt_at = now + (step.pace == Pace::later ? move.delay : milliseconds{0}),
      .reason = move.reason,
      .payment_record = std::nullopt,
      .charge_unclear = leaves_in_doubt(settlement.state, move.event)};
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
  recorder_.commit([change](store::Ledger& ledger) { return ledger.change(change); },
                   [this, change](const Result<>& result) { moved(change, result); });
}

void Settler::moved(const store::SettlementChange& change, const Result<>& result) {
  const auto trip = change.trip_sequence;
  Trip& chosen = busy_.at(trip);
  if (!result) {
    ledger_error_ = result.error().message;
    busy_.erase(trip);
    const bool damaged = result.error().remedy == Remedy::repair;
    if (damaged && withheld_.add(trip, clock_.steady() + damage_pause, ledger_error_)) return;
    paused_until_ = clock_.steady() + pause_after_refusal;
    return;
  }
  withheld_.remove(trip);
  chosen.settlement.state = change.to;
  chosen.settlement.attempts = change.attempts;
  chosen.settlement.charge_unclear = chosen.settlement.charge_unclear || change.charge_unclear;
  if (is_sent(change.to) && !stopping_) return call(trip);
  busy_.erase(trip);
}

}  // namespace gatehouse::sync
