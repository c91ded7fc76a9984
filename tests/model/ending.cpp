// What must hold of a story that is over.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tests/model/story.hpp"

namespace gatehouse::sync::model {
namespace {

using State = store::SettlementState;

bool was_said(const TripBooks& trip, State state) {
  switch (state) {
    case State::details_due:
    case State::captured:
      return trip.is_said_captured();
    case State::checked_out:
      return trip.told_checked_out || trip.word_captured;
    case State::settled_elsewhere:
      return trip.word_captured || trip.word_elsewhere;
    case State::written_off:
      return trip.word_off;
    case State::cancelled:
      return trip.told_cancelled;
    case State::declined:
      return trip.told_declined;
    case State::expired:
      return trip.told_expired;
    default:
      return true;
  }
}

/// What the record of an end says; '' : this is none.
std::string_view end_text(State state) {
  switch (state) {
    case State::captured:
      return "CAPTURED";
    case State::checked_out:
      return "CHECKED_OUT";
    case State::cancelled:
      return "CANCELLED";
    case State::declined:
      return "DECLINED";
    case State::expired:
      return "EXPIRED";
    case State::settled_elsewhere:
      return "SETTLED_ELSEWHERE";
    case State::written_off:
      return "WRITTEN_OFF";
    default:
      return "";
  }
}

/// How often it came to an end: what was opened again comes to more than one.
std::ptrdiff_t ends_of(const store::TripView& view) {
  std::ptrdiff_t ends = 0;
  auto before = State::awaiting_price;
  for (const auto& entry : view.history) {
    if (std::exchange(before, entry.state) != entry.state && !end_text(entry.state).empty()) ++ends;
  }
  return ends;
}

}  // namespace

void Story::end(Site& site) {
  for (const auto& trip : plan_.trips) {
    if (!site.acknowledged().contains(trip.id)) continue;
    if (site.role() == BoxRole::copy) {
      end_of_copy(site, trip);
    } else {
      end_of(site, trip);
    }
  }
  balance(site);
  if (plan_.boxes > 1) return;
  const auto counts = site.box().counts();
  const auto finals = counts.captured + counts.cancelled + counts.declined + counts.expired +
                      counts.checked_out + counts.written_off + counts.settled_elsewhere;
  if (finals + counts.settlement_open + counts.held != std::ssize(site.acknowledged())) {
    books_.complain(
        8, fmt::format("{} trips came, {} ended and {} are open", site.acknowledged().size(),
                       finals, counts.settlement_open + counts.held));
  }
}

void Story::end_of(Site& site, const TripPlan& plan) {
  const auto view = site.box().trip(plan.id);
  const auto& trip = books_.of(plan.id);
  check_said(view);
  check_records(view);
  check_refunds(view);
  const int effects = service_.effects(plan.id);
  if (!plan_.checks_out && effects > trip.captures_that_count()) {
    books_.complain(1, fmt::format("{}: {} effects of {} captures", plan.id, effects,
                                   trip.captures_that_count()));
  }
  if (person_.was_wrong()) return;
  if (effects > (plan_.repeats ? 2 : 1)) {
    books_.complain(1, fmt::format("{} was charged {} times", plan.id, effects));
  }
  // What the other box charges is no business of a box that has no price for it.
  const bool second = plan_.boxes > 1 && view.settlement->state == State::awaiting_price;
  const bool is_asked = std::ranges::any_of(view.deliveries, [](const store::Delivery& each) {
    return each.kind == store::DeliveryKind::open_question;
  });
  if (second && !is_asked) books_.complain(7, plan.id + " waits for a price, and nobody is told");
  if (view.settlement->state == State::not_granted || second) return;
  const auto state = view.settlement->state;
  const bool captured =
      state == State::captured || state == State::checked_out || state == State::settled_elsewhere;
  if (captured != (effects > 0)) {
    books_.complain(8, fmt::format("{} is {}, and was charged {} times", plan.id,
                                   to_text(view.settlement->state), effects));
  }
  if (captured) check_sum(*view.settlement);
}

/// A copy does not know what the original decides after it was made (docs/settlement.md, "What
/// remains possible"), so what ended in it otherwise than charged may be charged there. It never
/// takes for charged what was not, nor ends what nobody has said.
void Story::end_of_copy(Site& site, const TripPlan& plan) {
  const auto view = site.box().trip(plan.id);
  check_said(view);
  check_records(view);
  const auto& settlement = *view.settlement;
  if (settlement.state != State::captured) return;
  if (service_.effects(plan.id) == 0) {
    books_.complain(8, plan.id + " is captured in the copy, and was never charged");
    return;
  }
  check_sum(settlement);
}

void Story::check_said(const store::TripView& view) {
  const auto& trip = books_.of(view.trip_id);
  for (const auto& entry : view.history) {
    if (was_said(trip, entry.state)) continue;
    books_.complain(
        5, fmt::format("{} was {}, and nobody has said so", view.trip_id, to_text(entry.state)));
  }
}

/// Each end has a record of its own, and the last one says how it stands.
void Story::check_records(const store::TripView& view) {
  const auto records = std::ranges::count(view.deliveries, store::DeliveryKind::payment_record,
                                          &store::Delivery::kind);
  if (const auto ends = ends_of(view); ends != records) {
    books_.complain(9, fmt::format("{} ended {} times, and there are {} records of it",
                                   view.trip_id, ends, records));
  }
  // Two ledgers count their revisions apart.
  if (plan_.boxes > 1 || loses_a_ledger(plan_)) return;
  const auto& said = books_.of(view.trip_id).last_end;
  const auto is = end_text(view.settlement->state);
  if (!is.empty() && said != is) {
    books_.complain(9,
                    fmt::format("{} is {}, and its last record says {}", view.trip_id, is, said));
  }
}

/// What is booked as captured is what was charged. (Of what a person says, it is the price.)
void Story::check_sum(const store::Settlement& settlement) {
  if (plan_.checks_out || books_.of(settlement.trip_id).word_captured) return;
  if (settlement.state == State::settled_elsewhere) return;  // and not booked here
  const auto& money = settlement.part ? *settlement.part : *settlement.amount;
  const auto booked = format_amount(money) + " " + money.currency;
  const auto charged = service_.account(settlement.trip_id).captures;
  if (std::ranges::find(charged, booked) == charged.end()) {
    books_.complain(8, fmt::format("{} is booked as {}, and charged was {}", settlement.trip_id,
                                   booked, charged.empty() ? "nothing" : charged.front()));
  }
}

std::vector<std::string> Story::outcomes() {
  std::vector<std::string> outcomes;
  for (const auto& trip : plan_.trips) {
    const auto view = sites_.front()->box().trip(trip.id);
    outcomes.push_back(fmt::format("{}: {}, charged {} times", trip.id,
                                   to_text(view.settlement->state), service_.effects(trip.id)));
  }
  return outcomes;
}

}  // namespace gatehouse::sync::model
