// The part of the settler that looks after captures in doubt.
#include <algorithm>

#include "sync/amazon/charge_limit.hpp"
#include "sync/amazon/doubt.hpp"
#include "sync/amazon/settler.hpp"
#include "sync/delivery/due.hpp"

namespace gatehouse::sync {
namespace {

/// A charge waits for the look before it no longer than this, whatever Amazon's service does.
constexpr milliseconds look_before_timeout = std::chrono::seconds{10};
/// A look further ahead than this is due: the wall clock has jumped back.
constexpr milliseconds look_wait_max = next_look_max + std::chrono::minutes{2};

}  // namespace

std::size_t Settler::look_slots() const {
  const auto under_way = static_cast<std::size_t>(std::ranges::count_if(
      busy_, [](const auto& each) { return is_in_doubt(each.second.settlement.state); }));
  const auto most = std::max<std::size_t>(options_.max_in_flight / 4, 1);
  return most - std::min(under_way, most);
}

Settler::Started Settler::start_looks(std::size_t wanted) {
  Started started;
  if (wanted == 0 || options_.payments_url.empty()) return started;
  const auto looked_at = wanted + busy_.size() + sender_.quarantine().size();
  auto due = reader_.due_looks(clock_.wall(), look_wait_max, looked_at);
  if (!due) return ledger_failed(due.error());
  for (auto& settlement : *due) {
    if (is_out(settlement.trip_sequence) || !call_of(settlement)) continue;
    if (started.begun == wanted) return started;
    const SteadyTime not_before = doubt_of(settlement.trip_sequence).look_at;
    if (clock_.steady() < not_before) {
      started.wake = std::min(started.wake, not_before);
      continue;
    }
    choose(std::move(settlement));
    ++started.begun;
  }
  if (!due->empty()) return started;
  const auto next_due = reader_.next_look_due();
  if (!next_due) return ledger_failed(next_due.error());
  started.wake = look_again(*next_due, clock_);
  return started;
}

Settler::Doubt Settler::doubt_of(std::int64_t trip) const {
  const auto own = doubts_.find(trip);
  if (own != doubts_.end()) return own->second;
  return {started_at_, started_at_ + next_look(0, options_.look_minute)};
}

bool Settler::evidence_decides() {
  if (!options_.reconciliation_means_captured) return false;
  const auto unsound = reader_.evidence_unsound();
  return unsound && !*unsound;
}

void Settler::look_before_capture(std::int64_t trip) {
  Trip& chosen = busy_.at(trip);
  auto request = payment_request(options_, credentials_, store_id_, chosen.settlement,
                                 Call::transactional_data);
  request.timeout = look_before_timeout;
  chosen.wait = sender_.wait(request.timeout);
  chosen.request = transport_.start(
      std::move(request), [this, trip](const Reply& reply) { on_look_before(trip, reply); });
}

void Settler::on_look_before(std::int64_t trip, const Reply& reply) {
  Trip& chosen = busy_.at(trip);
  chosen.request = 0;
  if (sender_.is_stopping()) return void(busy_.erase(trip));  // nothing has left: it is due
  auto answer = read_payment_answer(Call::transactional_data, std::nullopt, reply);
  LookBefore look{.shown = std::nullopt, .decides = evidence_decides()};
  if (answer.event == Event::details || answer.event == Event::reconciled) {
    look.shown = shown(answer.reconciliation_id);
  }
  const Event event = after_look_before(chosen.settlement, look);
  // The configuration may have been loaded anew meanwhile.
  auto why_not = objection_to(chosen.settlement, Call::capture, options_.charge_limit);
  if (event == Event::started && !why_not.empty()) {
    return record_step(trip, {.event = Event::objected, .reason = std::move(why_not)});
  }
  record_step(trip, {.event = event,
                     .reason = reason_before_capture(chosen.settlement, event, look),
                     .details = event == Event::reconciled ? std::move(answer.details) : "",
                     .look_before = std::move(look)});
}

Event Settler::seen_in_doubt(const store::Settlement& settlement, const PaymentAnswer& answer) {
  if (!evidence_decides()) return Event::undecided;
  if (answer.event == Event::details) return clear_look(settlement);
  const bool proven = proves_capture(settlement, shown(answer.reconciliation_id));
  return proven ? Event::reconciled : Event::undecided;
}

Event Settler::clear_look(const store::Settlement& settlement) const {
  if (settlement.state == store::SettlementState::held) return Event::absent;
  const auto since = clock_.steady() - doubt_of(settlement.trip_sequence).captured_at;
  return after_clear_look({.repeats = options_.unknown_capture == UnknownCapture::ask_then_repeat,
                           .captures = captures_that_count(settlement),
                           .clear_looks = settlement.clear_looks + 1,
                           .since_capture = std::chrono::floor<milliseconds>(since)},
                          options_.look_minute);
}

milliseconds Settler::delay_after(const store::Settlement& settlement, const Step& step,
                                  const Move& move) const {
  if (step.pace == Pace::later) return move.delay;
  if (step.pace != Pace::look) return milliseconds{0};
  if (const auto looks = clear_looks_after(settlement, move.event)) {
    return next_look(*looks, options_.look_minute);
  }
  return next_look_max / std::chrono::minutes{1} * options_.look_minute;  // it was refused
}

void Settler::note_doubt(const store::Settlement& settlement, const Step& step,
                         milliseconds delay) {
  const auto trip = settlement.trip_sequence;
  if (!is_in_doubt(step.to)) return void(doubts_.erase(trip));
  auto doubt = doubt_of(trip);
  if (!is_in_doubt(settlement.state)) doubt.captured_at = clock_.steady();
  doubt.look_at = clock_.steady() + delay;
  doubts_[trip] = doubt;
}

}  // namespace gatehouse::sync
