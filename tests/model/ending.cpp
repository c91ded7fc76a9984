// What must hold of a story that is over.
#include <fmt/format.h>

#include <algorithm>

#include "tests/model/story.hpp"

namespace gatehouse::sync::model {
namespace {

using State = store::SettlementState;

bool was_said(const TripBooks& trip, State state) {
  switch (state) {
    case State::details_due:
    case State::captured:
      return trip.told_captured || trip.shown || trip.word_captured;
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

}  // namespace

void Story::end(Site& site) {
  for (const auto& trip : plan_.trips) {
    if (site.acknowledged().contains(trip.id)) end_of(site, trip);
  }
  if (plan_.boxes > 1) return;
  const auto counts = site.box().counts();
  const auto finals = counts.captured + counts.cancelled + counts.declined + counts.expired;
  if (finals + counts.settlement_open + counts.held != std::ssize(site.acknowledged())) {
    books_.complain(
        8, fmt::format("{} trips came, {} ended and {} are open", site.acknowledged().size(),
                       finals, counts.settlement_open + counts.held));
  }
}

void Story::end_of(Site& site, const TripPlan& plan) {
  const auto view = site.box().trip(plan.id);
  const auto& trip = books_.of(plan.id);
  for (const auto& entry : view.history) {
    if (!was_said(trip, entry.state)) {
      books_.complain(
          5, fmt::format("{} was {}, and nobody has said so", plan.id, to_text(entry.state)));
    }
  }
  const int effects = service_.effects(plan.id);
  if (effects > trip.captures_that_count()) {
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
  const bool captured = view.settlement->state == State::captured;
  if (captured != (effects > 0)) {
    books_.complain(8, fmt::format("{} is {}, and was charged {} times", plan.id,
                                   to_text(view.settlement->state), effects));
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
