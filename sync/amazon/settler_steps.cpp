// The steps of one trip: which call is made, with its intent before and its outcome after it.
#include <algorithm>
#include <utility>

#include "sync/amazon/amazon_lane.hpp"
#include "sync/amazon/charge_limit.hpp"
#include "sync/amazon/doubt.hpp"
#include "sync/amazon/payment_record.hpp"
#include "sync/amazon/settler.hpp"

namespace gatehouse::sync {
namespace {

using store::SettlementState;

/// A trip whose step cannot be written down is tried again after this.
constexpr milliseconds damage_pause = std::chrono::minutes{15};

bool is_sent(SettlementState state) {
  return state == SettlementState::adjust_sent || state == SettlementState::capture_sent ||
         state == SettlementState::cancel_sent || state == SettlementState::checkout_sent;
}

/// Whether this answer leaves open that the shopper was charged.
bool leaves_in_doubt(SettlementState state, Event event) {
  if (state == SettlementState::capture_due) return event == Event::undecided;
  return event == Event::unclear &&
         (state == SettlementState::capture_sent || state == SettlementState::checkout_sent);
}

/// The call surely charged nothing: Amazon, or whoever answered in its place, says no to it.
bool is_capture_not_done(SettlementState state, Event event) {
  return state == SettlementState::capture_sent &&
         (event == Event::not_done || event == Event::unknown_trip || event == Event::refused ||
          event == Event::expired);
}

int attempts_after(const store::Settlement& settlement, Pace pace, bool counts) {
  if (pace == Pace::at_once || pace == Pace::look) return 0;
  return settlement.attempts + (pace == Pace::later && counts ? 1 : 0);
}

}  // namespace

void Settler::choose(store::Settlement settlement) {
  const auto trip = settlement.trip_sequence;
  auto& slot = busy_.emplace(trip, Trip{std::move(settlement)}).first->second;
  slot.wait = sender_.wait();
  const auto& chosen = slot.settlement;
  const auto what = call_of(chosen);
  if (!what) return void(busy_.erase(trip));
  if (clock_trusted_ && waited_enough(chosen, options_.charge_window, clock_.wall())) {
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
  // Priced elsewhere, and charged here by a person's word: it may be an app's, and no card's.
  const bool by_checkout = options_.settlement == SettlementMode::checkout;
  if (*what == Call::adjust && by_checkout && chosen.was_withheld) {
    return record_step(trip, {.event = Event::objected,
                              .reason = "this store charges with checkouts, and no checkout cart "
                                        "of this trip is known: send it to "
                                        "POST /local/v1/trips/{tripId}/charge, then release it"});
  }
  if (*what == Call::adjust && captures_that_count(chosen) > 0) {
    return record_step(trip, {.event = Event::objected,
                              .reason = "a capture of it may have had its effect, and then nothing "
                                        "is adjusted: release it to capture it, or cancel it"});
  }
  if (!needs_intent(chosen.state)) return call(trip);
  if (auto why_not = objection_to(chosen, *what, options_.charge_limit); !why_not.empty()) {
    return record_step(trip, {.event = Event::objected, .reason = std::move(why_not)});
  }
  if (*what == Call::capture) return look_before_capture(trip);
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
  chosen.wait = sender_.wait(request.timeout);
  chosen.request = transport_.start(
      std::move(request), [this, trip, call](const Reply& reply) { on_reply(trip, call, reply); });
}

void Settler::cut_off(std::int64_t trip, const Error& error) {
  record_step(
      trip,
      {.event = Event::not_done, .reason = error.message, .delay = Sender::pause_after_refusal});
}

void Settler::note_pending(std::int64_t trip, const Move& move, WallTime at, milliseconds delay) {
  pending_.erase(trip);
  if (move.event != Event::pending) return;
  const auto now = clock_.steady();
  if (pending_.size() >= pending_max) {
    std::erase_if(pending_, [now](const auto& each) { return each.second.not_before <= now; });
  }
  if (pending_.size() < pending_max) pending_[trip] = {at, now + delay};
}

std::optional<SteadyTime> Settler::pending_until(const store::Settlement& settlement) {
  const auto pending = pending_.find(settlement.trip_sequence);
  if (pending == pending_.end()) return std::nullopt;
  const auto& [since, not_before] = pending->second;
  if (settlement.changed_at == since && clock_.steady() < not_before) return not_before;
  pending_.erase(pending);
  return std::nullopt;
}

void Settler::record_step(std::int64_t trip, const Move& move) {
  busy_.at(trip).wait = sender_.wait();
  const auto& settlement = busy_.at(trip).settlement;
  const Step step = next(settlement.state, move.event);
  const auto now = clock_.wall();
  const auto delay = delay_after(settlement, step, move);
  const bool goes_on = step.pace == Pace::at_once || step.pace == Pace::again;
  note_doubt(settlement, step, delay);
  note_pending(trip, move, now, delay);
  store::SettlementChange change{
      .trip_sequence = trip,
      .from = settlement.state,
      .to = step.to,
      .attempts = attempts_after(settlement, step.pace, !move.no_attempt),
      .at = now,
      // It keeps its place: what was approved is captured before the next one is adjusted.
      .next_attempt_at = goes_on ? std::min(settlement.next_attempt_at, now) : now + delay,
      .reason = move.reason,
      .payment_record = std::nullopt,
      .charge_unclear = leaves_in_doubt(settlement.state, move.event),
      .charge_cleared_up = move.event == Event::reconciled && captures_that_count(settlement) < 2,
      .capture_not_done = is_capture_not_done(settlement.state, move.event),
      .cancel_not_done =
          settlement.state == SettlementState::cancel_sent && move.event == Event::not_done,
      .clear_looks = clear_looks_after(settlement, move.event),
      .reconciliation_before = move.look_before.shown,
      .evidence_unsound = move.look_before.decides && is_unsound(settlement, move.look_before),
      .adjusts_not_counted = adjusts_not_counted_after(settlement, move.event)};
  if (settlement.state == SettlementState::adjust_sent) {
    change.approved = settlement.approved;
    change.part = settlement.part;
  }
  if (is_in_doubt(settlement.state) && !move.details.empty()) {
    change.look = look_facts(move.details, now);
  }
  if (!payment_status(step.to).empty()) {
    auto settled = settlement;
    settled.state = step.to;
    change.payment_record =
        payment_record(store_id_, settled, move.details, now, move.shopper_email);
    if (options_.report_payment_status) {
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
  const bool while_looking =
      is_in_doubt(change.from) || change.from == SettlementState::capture_due;
  if (!result && result.error().remedy == Remedy::reject && while_looking) {
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
  if (change.to == SettlementState::adjust_sent) ++chosen.settlement.adjusts_sent;
  chosen.settlement.charge_unclear = chosen.settlement.charge_unclear || change.charge_unclear;
  if (!is_sent(change.to)) return void(busy_.erase(trip));
  if (!sender_.is_stopping()) return call(trip);
  // Nobody must wonder at the next start whether it left.
  record_step(trip,
              {.event = Event::not_done, .reason = "gatehoused stopped before the call left"});
}

}  // namespace gatehouse::sync
