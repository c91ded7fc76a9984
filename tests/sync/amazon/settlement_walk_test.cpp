// Every path through the state machine, with all that a person may do on the way: what must never
// follow what.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <set>
#include <tuple>

#include "sync/amazon/charge_limit.hpp"
#include "sync/amazon/doubt.hpp"
#include "sync/amazon/operator_action.hpp"
#include "sync/amazon/settlement.hpp"

namespace gatehouse::sync {
namespace {

using State = store::SettlementState;

constexpr std::array events{
    Event::priced,     Event::priced_zero,   Event::priced_cart,     Event::started,
    Event::expired,    Event::restarted,     Event::approved,        Event::approved_partly,
    Event::declined,   Event::pending,       Event::accepted,        Event::details,
    Event::reconciled, Event::absent,        Event::missing,         Event::doubtful,
    Event::not_done,   Event::unclear,       Event::unknown_trip,    Event::refused,
    Event::undecided,  Event::waited_enough, Event::expired_in_doubt};
constexpr std::array acts{OperatorAction::hold,
                          OperatorAction::release,
                          OperatorAction::release_captured,
                          OperatorAction::release_not_captured,
                          OperatorAction::release_confirmed,
                          OperatorAction::cancel};
/// More would tell nothing new, and the walk would not end.
constexpr int captures_max = 4;

/// Where a charge stands, with what has left for it so far.
struct Place {
  store::Settlement settlement{};
  int words = 0;  ///< of a person: "not captured"

  [[nodiscard]] auto key() const {
    return std::tuple(settlement.state, settlement.held_from, settlement.charge_unclear,
                      settlement.has_checkout_cart, settlement.amount.has_value(),
                      settlement.approved.has_value(), settlement.captures_sent,
                      settlement.captures_not_done, std::min(settlement.cancels_left, 2), words);
  }
  bool operator<(const Place& other) const { return key() < other.key(); }
};

/// As the ledger writes it down.
Place moved(Place place, State to, bool unclear, bool not_done, bool cleared,
            bool cancel_not_done = false) {
  auto& at = place.settlement;
  const State from = at.state;
  if ((to == State::held || to == State::expired) && from != to) at.held_from = from;
  at.charge_unclear = !cleared && (at.charge_unclear || unclear || to == State::capture_unknown);
  if (to == State::capture_sent && from != to) ++at.captures_sent;
  if (not_done && from == State::capture_sent && from != to) ++at.captures_not_done;
  if (to == State::cancel_sent && from != to) ++at.cancels_left;
  if (cancel_not_done && from == State::cancel_sent && from != to) --at.cancels_left;
  at.state = to;
  return place;
}

/// Whether the settler finds something against the call that is due.
bool is_objected(const store::Settlement& at) {
  const auto what = call_in(at.state);
  if (!what) return false;
  if (*what == Call::adjust && captures_that_count(at) > 0) return true;
  return !objection_to(at, *what, ChargeLimit{}).empty();
}

/// What the settler makes of an event before the table has its say.
Event seen(const store::Settlement& at, Event event, bool repeats) {
  if (event == Event::started && at.state == State::capture_due && !may_capture(at, repeats)) {
    return Event::doubtful;
  }
  if (event == Event::started && is_objected(at)) return Event::objected;
  if (event == Event::expired && at.state == State::checkout_sent && at.charge_unclear) {
    return Event::expired_in_doubt;
  }
  return beside_earlier_captures(at, event);
}

/// What cannot come: the settler looks before it starts, and repeats where it may alone.
bool is_possible(const store::Settlement& at, Event event, bool repeats) {
  if (event == Event::missing) return repeats && captures_that_count(at) < 2;
  if (event == Event::reconciled) return captures_that_count(at) > 0;
  if (event == Event::approved) return at.state == State::adjust_sent;
  if (event == Event::started && at.captures_sent >= captures_max) return false;
  return true;
}

bool is_denied(State state, Event event) {
  return state == State::capture_sent && (event == Event::not_done || event == Event::refused ||
                                          event == Event::unknown_trip || event == Event::expired);
}

std::optional<Place> after(const Place& place, Event what, bool repeats) {
  const auto& at = place.settlement;
  if (!is_possible(at, what, repeats)) return std::nullopt;
  const Event event = seen(at, what, repeats);
  const State to = next(at.state, event).to;
  const bool unclear = (event == Event::unclear &&
                        (at.state == State::capture_sent || at.state == State::checkout_sent)) ||
                       (event == Event::undecided && at.state == State::capture_due);
  auto reached =
      moved(place, to, unclear, is_denied(at.state, event),
            event == Event::reconciled && captures_that_count(at) < 2, event == Event::not_done);
  if (event == Event::approved) reached.settlement.approved = at.amount;
  if (at.state == State::awaiting_price && to != at.state) {
    reached.settlement.amount = Money{event == Event::priced_zero ? 0 : 1599, "USD"};
    reached.settlement.has_checkout_cart = event == Event::priced_cart;
  }
  if (event == Event::restarted && at.state == State::checkout_sent) {
    reached.settlement.charge_unclear = true;
  }
  return reached;
}

std::optional<Place> after(const Place& place, OperatorAction act) {
  const auto step = decide(place.settlement, act);
  if (!step) return std::nullopt;
  auto reached = moved(place, step->to, false, false, step->clears_up);
  if (act == OperatorAction::release_not_captured) ++reached.words;
  return reached;
}

/// Gives each step that can be made, from one place to the next.
template <class Visitor>
void walk(bool repeats, Visitor visit) {
  Place first;
  first.settlement.purchase_id = "p-1";
  std::set<Place> known{first};
  std::deque<Place> open{first};
  const auto go = [&](const Place& from, const std::optional<Place>& to, std::string_view by) {
    if (!to) return;
    visit(from.settlement, *to, by);
    if (to->words <= 2 && known.insert(*to).second) open.push_back(*to);
  };
  while (!open.empty() && !testing::Test::HasFailure()) {
    const Place place = open.front();
    open.pop_front();
    for (const Event event : events) go(place, after(place, event, repeats), to_text(event));
    for (const OperatorAction act : acts) {
      go(place, after(place, act), fmt::format("act {}", static_cast<int>(act)));
    }
  }
  EXPECT_GT(known.size(), 100U);
}

template <class Visitor>
void walk_both(Visitor visit) {
  for (const bool repeats : {false, true}) {
    walk(repeats, [&](const store::Settlement& from, const Place& to, std::string_view by) {
      SCOPED_TRACE(fmt::format("{} --{}--> {}, {} captures, {} not done, {} words, {}",
                               store::to_text(from.state), by, store::to_text(to.settlement.state),
                               from.captures_sent, from.captures_not_done, to.words,
                               repeats ? "repeats" : "holds"));
      visit(from, to, repeats);
    });
  }
}

bool leaves(const store::Settlement& from, const Place& to, State call) {
  return to.settlement.state == call && from.state != call;
}

TEST(SettlementWalk, AdjustsNothingOnceACaptureMayHaveHadItsEffect) {
  walk_both([](const store::Settlement& from, const Place& to, bool) {
    EXPECT_FALSE(leaves(from, to, State::adjust_sent) && captures_that_count(from) > 0);
  });
}

TEST(SettlementWalk, CapturesNothingOnceACancelMayHaveLeft) {
  walk_both([](const store::Settlement& from, const Place& to, bool) {
    EXPECT_FALSE(leaves(from, to, State::capture_sent) && from.cancels_left > 0);
    EXPECT_FALSE(to.settlement.state == State::capture_due && from.cancels_left > 0);
  });
}

TEST(SettlementWalk, CancelsNothingThatMayBeCaptured) {
  walk_both([](const store::Settlement& from, const Place& to, bool) {
    EXPECT_FALSE(leaves(from, to, State::cancel_sent) && from.charge_unclear);
    if (leaves(from, to, State::cancel_sent) && captures_that_count(from) > 0) {
      EXPECT_GT(to.words, 0) << "only where a person said that it was not captured";
    }
  });
}

TEST(SettlementWalk, LetsNoMoreCapturesLeaveThanAPersonOrTheConfigurationAllows) {
  walk_both([](const store::Settlement&, const Place& to, bool repeats) {
    EXPECT_LE(captures_that_count(to.settlement), (repeats ? 2 : 1) + to.words);
  });
}

TEST(SettlementWalk, EndsNoChargeInDoubtAsUnpaid) {
  walk_both([](const store::Settlement&, const Place& to, bool) {
    const State state = to.settlement.state;
    const bool unpaid =
        state == State::expired || state == State::declined || state == State::cancelled;
    EXPECT_FALSE(unpaid && to.settlement.charge_unclear);
  });
}

}  // namespace
}  // namespace gatehouse::sync
