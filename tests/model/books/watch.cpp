#include "tests/model/books/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "daemon/local/warnings/warnings.hpp"

namespace gatehouse::sync::model {
namespace {

using namespace std::chrono_literals;
using State = store::SettlementState;

/// For how long a charge is not late, by the box's clock.
constexpr milliseconds charge_window = 46h;
constexpr milliseconds after_set_back = 10min;
/// One record of a trip is on its way at a time.
constexpr milliseconds on_its_way = 5s;

bool goes_on(State state) {
  switch (state) {
    case State::awaiting_price:
    case State::adjust_due:
    case State::adjust_sent:
    case State::capture_due:
    case State::capture_sent:
    case State::checkout_due:
    case State::checkout_sent:
      return true;
    default:
      return false;
  }
}

/// What the runbook names for it.
const std::set<std::string>& codes_of(std::string_view question) {
  static const std::map<std::string_view, std::set<std::string>> codes{
      {"UNCLEAR", {"captures_unclear", "settlements_held"}},
      {"HELD", {"settlements_held"}},
      {"NOT_GRANTED", {"price_for_another_ledger"}},
      {"UNVOUCHED", {"ledger_history_lost"}},
      {"UNPRICED", {"price_unusable"}},
      {"OVERDUE", {"charge_overdue"}}};
  return codes.at(question);
}

bool is_question(const store::Delivery& delivery) {
  return delivery.kind == store::DeliveryKind::open_question;
}

bool is_pending_question(const store::Delivery& delivery) {
  return is_question(delivery) && delivery.state == store::DeliveryState::pending;
}

/// Its id; 0: there is none. Those before it are not kept.
std::int64_t last_question(const store::TripView& trip) {
  std::int64_t last = 0;
  for (const auto& delivery : trip.deliveries) {
    if (is_question(delivery)) last = std::max(last, delivery.id);
  }
  return last;
}

bool is_cart_taken(const store::TripView& trip) {
  return std::ranges::any_of(trip.deliveries, [](const store::Delivery& delivery) {
    return delivery.kind == store::DeliveryKind::cart &&
           delivery.state == store::DeliveryState::delivered;
  });
}

}  // namespace

void Watch::look(const std::set<std::string>& trips) {
  auto& box = around_.box;
  if (!box.is_running()) return;
  const auto written = box.mark().sequence;
  const bool plausible = box.clock_status().is_plausible;
  if (written == seen_ && plausible == plausible_) return;
  seen_ = written;
  plausible_ = plausible;
  for (const auto& trip_id : trips) look_at(trip_id);
}

void Watch::look_at(const std::string& trip_id) {
  auto& waiting = waiting_[trip_id];
  const auto question = question_of(trip_id);
  if (question == waiting.question) return;
  // What is late goes on by itself, and is called late for good: a record of before is enough.
  const bool goes_on = question == "OVERDUE";
  waiting.question = question;
  waiting.number = ++numbers_;
  const bool known = std::exchange(waiting.known, true);
  if (question.empty()) return;
  // A ledger that was put back may have asked before the trip's cart came again.
  waiting.last_ask = known && !goes_on ? last_question(around_.box.trip(trip_id)) : 0;
  check_at(trip_id, around_.schedule.steady() + minute);
}

std::string_view Watch::question_of(const std::string& trip_id) {
  auto& box = around_.box;
  auto known = sequences_.find(trip_id);
  if (known == sequences_.end()) {
    if (!box.knows(trip_id)) return "";
    known = sequences_.emplace(trip_id, box.trip(trip_id).sequence).first;
  }
  const auto settlement = box.settlement(known->second);
  if (!settlement) return "";
  const auto state = settlement->state;
  if (state == State::capture_unknown) return "UNCLEAR";
  if (state == State::held) return settlement->charge_unclear ? "UNCLEAR" : "HELD";
  if (state == State::not_granted) return "NOT_GRANTED";
  if (!goes_on(state)) return "";
  if (settlement->withheld) return "UNVOUCHED";
  const bool unpriced = state == State::awaiting_price && !settlement->amount;
  const bool useless = around_.books.of(trip_id).told_a_useless_price;
  if (unpriced && useless && is_cart_taken(box.trip(trip_id))) return "UNPRICED";
  // A clock that nothing speaks for calls nothing late: see ClockWatch.
  const bool late = box.clock().wall() > settlement->started_at + charge_window;
  return late && box.clock_status().is_plausible ? "OVERDUE" : "";
}

void Watch::disturbed(milliseconds pause) {
  for (auto& [trip_id, waiting] : waiting_) {
    if (waiting.question.empty()) continue;
    check_at(trip_id, std::max(waiting.due, around_.schedule.steady() + pause));
  }
}

void Watch::set_back() {
  const auto now = around_.schedule.steady();
  const bool again = now < set_back_at_ + after_set_back;
  disturbed(again ? after_set_back + minute : minute);
  set_back_at_ = now;
}

void Watch::exchanged() {
  waiting_.clear();
  sequences_.clear();
  seen_ = 0;
}

void Watch::check_at(const std::string& trip_id, SteadyTime due) {
  auto& waiting = waiting_.at(trip_id);
  waiting.due = due;
  const auto in = std::chrono::ceil<milliseconds>(due - around_.schedule.steady());
  around_.schedule.after_unnoticed(
      in, [this, trip_id, number = waiting.number] { check(trip_id, number); });
}

void Watch::check(const std::string& trip_id, std::uint64_t number) {
  const auto found = waiting_.find(trip_id);
  if (found == waiting_.end() || found->second.number != number) return;
  if (!around_.box.is_running() || around_.schedule.steady() < found->second.due) return;
  const auto question = question_of(trip_id);
  if (question != found->second.question) return look_at(trip_id);  // its clock says otherwise now
  check_record(trip_id, found->second);
  check_warning(trip_id, question);
}

void Watch::check_record(const std::string& trip_id, const Waiting& waiting) {
  const auto trip = around_.box.trip(trip_id);
  const auto& deliveries = trip.deliveries;
  const auto pending = std::ranges::find_if(deliveries, is_pending_question);
  if (last_question(trip) <= waiting.last_ask && pending == deliveries.end()) {
    around_.books.complain(7, fmt::format("{} is {} for a minute, and there is no record of it",
                                          trip_id, waiting.question));
  }
  if (pending == deliveries.end() || !has_a_calm_cloud(around_.plan)) return;
  around_.schedule.after_unnoticed(on_its_way,
                                   [this, trip_id, id = pending->id] { check_taken(trip_id, id); });
}

void Watch::check_taken(const std::string& trip_id, std::int64_t delivery_id) {
  const auto found = waiting_.find(trip_id);
  const bool disturbed =
      found == waiting_.end() || found->second.due + on_its_way > around_.schedule.steady();
  if (!around_.box.is_running() || disturbed) return;
  for (const auto& delivery : around_.box.trip(trip_id).deliveries) {
    if (delivery.id == delivery_id && is_pending_question(delivery)) {
      around_.books.complain(7, trip_id + ": its record has not reached a cloud that takes all");
    }
  }
}

void Watch::check_warning(const std::string& trip_id, std::string_view question) {
  local::Facts facts;
  facts.now = around_.box.clock().wall();
  facts.ledger = around_.box.counts();
  if (counted_) counted_(facts.ledger);
  const auto warnings = local::assess(facts);
  const bool warned = std::ranges::any_of(warnings, [&](const local::Warning& warning) {
    return codes_of(question).contains(warning.code);
  });
  if (!warned)
    around_.books.complain(7, fmt::format("{} is {}, and no warning says so", trip_id, question));
}

}  // namespace gatehouse::sync::model
