#include "sync/amazon/settlement.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <utility>

namespace gatehouse::sync {
namespace {

using State = store::SettlementState;

constexpr std::array states{
    State::awaiting_price, State::adjust_due,      State::adjust_sent,      State::capture_due,
    State::capture_sent,   State::capture_unknown, State::cancel_due,       State::cancel_sent,
    State::details_due,    State::captured,        State::cancelled,        State::declined,
    State::held,           State::expired,         State::checkout_due,     State::checkout_sent,
    State::checked_out,    State::not_granted,     State::settled_elsewhere};
constexpr std::array events{
    Event::priced,    Event::priced_zero, Event::started,          Event::expired,
    Event::restarted, Event::approved,    Event::approved_partly,  Event::declined,
    Event::pending,   Event::accepted,    Event::details,          Event::reconciled,
    Event::not_done,  Event::unclear,     Event::unknown_trip,     Event::refused,
    Event::undecided, Event::priced_cart, Event::expired_in_doubt, Event::absent,
    Event::missing,   Event::doubtful,    Event::objected,         Event::waited_enough};

/// Every pair of (state, event) that leads somewhere; all the others stay and rest.
const std::map<std::pair<State, Event>, Step>& expected() {
  using P = Pace;
  static const std::map<std::pair<State, Event>, Step> steps{
      {{State::awaiting_price, Event::priced}, {State::adjust_due, P::at_once}},
      {{State::awaiting_price, Event::priced_zero}, {State::cancel_due, P::at_once}},
      {{State::awaiting_price, Event::objected}, {State::held, P::none}},
      {{State::cancel_due, Event::objected}, {State::held, P::none}},
      {{State::adjust_due, Event::objected}, {State::held, P::none}},
      {{State::adjust_sent, Event::objected}, {State::held, P::none}},
      {{State::capture_due, Event::objected}, {State::held, P::look}},
      {{State::checkout_due, Event::objected}, {State::held, P::none}},
      {{State::adjust_due, Event::started}, {State::adjust_sent, P::again}},
      {{State::adjust_sent, Event::approved}, {State::capture_due, P::at_once}},
      {{State::adjust_sent, Event::approved_partly}, {State::held, P::none}},
      {{State::adjust_sent, Event::declined}, {State::declined, P::none}},
      {{State::adjust_sent, Event::pending}, {State::adjust_due, P::later}},
      {{State::adjust_sent, Event::not_done}, {State::adjust_due, P::later}},
      {{State::adjust_sent, Event::unclear}, {State::adjust_due, P::later}},
      {{State::adjust_sent, Event::unknown_trip}, {State::adjust_due, P::later}},
      {{State::adjust_sent, Event::refused}, {State::held, P::none}},
      {{State::adjust_sent, Event::restarted}, {State::adjust_due, P::again}},
      {{State::capture_due, Event::started}, {State::capture_sent, P::again}},
      {{State::capture_due, Event::doubtful}, {State::capture_unknown, P::look}},
      {{State::capture_due, Event::reconciled}, {State::captured, P::none}},
      {{State::capture_due, Event::undecided}, {State::held, P::look}},
      {{State::capture_sent, Event::accepted}, {State::details_due, P::at_once}},
      {{State::capture_sent, Event::not_done}, {State::capture_due, P::later}},
      {{State::capture_sent, Event::unclear}, {State::capture_unknown, P::look}},
      {{State::capture_sent, Event::unknown_trip}, {State::capture_due, P::later}},
      {{State::capture_sent, Event::refused}, {State::held, P::none}},
      {{State::capture_sent, Event::restarted}, {State::capture_unknown, P::look}},
      {{State::capture_unknown, Event::reconciled}, {State::captured, P::none}},
      {{State::capture_unknown, Event::absent}, {State::capture_unknown, P::look}},
      {{State::capture_unknown, Event::missing}, {State::capture_due, P::again}},
      {{State::capture_unknown, Event::undecided}, {State::held, P::look}},
      {{State::capture_unknown, Event::not_done}, {State::capture_unknown, P::later}},
      {{State::capture_unknown, Event::unclear}, {State::capture_unknown, P::later}},
      {{State::capture_unknown, Event::unknown_trip}, {State::capture_unknown, P::later}},
      {{State::capture_unknown, Event::refused}, {State::held, P::look}},
      {{State::capture_unknown, Event::expired}, {State::held, P::look}},
      {{State::held, Event::reconciled}, {State::captured, P::none}},
      {{State::held, Event::absent}, {State::held, P::look}},
      {{State::held, Event::undecided}, {State::held, P::look}},
      {{State::held, Event::not_done}, {State::held, P::later}},
      {{State::held, Event::unclear}, {State::held, P::later}},
      {{State::held, Event::unknown_trip}, {State::held, P::look}},
      {{State::held, Event::refused}, {State::held, P::look}},
      {{State::held, Event::expired}, {State::held, P::look}},
      {{State::cancel_due, Event::started}, {State::cancel_sent, P::again}},
      {{State::cancel_sent, Event::accepted}, {State::cancelled, P::none}},
      {{State::cancel_sent, Event::not_done}, {State::cancel_due, P::later}},
      {{State::cancel_sent, Event::unclear}, {State::cancel_due, P::later}},
      {{State::cancel_sent, Event::unknown_trip}, {State::cancel_due, P::later}},
      {{State::cancel_sent, Event::refused}, {State::held, P::none}},
      {{State::cancel_sent, Event::restarted}, {State::cancel_due, P::again}},
      {{State::awaiting_price, Event::priced_cart}, {State::checkout_due, P::at_once}},
      {{State::adjust_sent, Event::expired}, {State::expired, P::none}},
      {{State::capture_sent, Event::expired}, {State::expired, P::none}},
      {{State::cancel_sent, Event::expired}, {State::expired, P::none}},
      {{State::checkout_due, Event::started}, {State::checkout_sent, P::again}},
      {{State::checkout_due, Event::refused}, {State::held, P::none}},
      {{State::checkout_sent, Event::accepted}, {State::checked_out, P::none}},
      {{State::checkout_sent, Event::not_done}, {State::checkout_due, P::later}},
      {{State::checkout_sent, Event::unclear}, {State::checkout_due, P::later}},
      {{State::checkout_sent, Event::unknown_trip}, {State::checkout_due, P::later}},
      {{State::checkout_sent, Event::refused}, {State::held, P::none}},
      {{State::checkout_sent, Event::expired}, {State::expired, P::none}},
      {{State::checkout_sent, Event::expired_in_doubt}, {State::held, P::none}},
      {{State::checkout_sent, Event::restarted}, {State::checkout_due, P::again}},
      {{State::details_due, Event::details}, {State::captured, P::none}},
      {{State::details_due, Event::reconciled}, {State::captured, P::none}},
      {{State::details_due, Event::not_done}, {State::details_due, P::later}},
      {{State::details_due, Event::unclear}, {State::details_due, P::later}},
      {{State::details_due, Event::unknown_trip}, {State::details_due, P::later}},
      {{State::details_due, Event::refused}, {State::captured, P::none}},
      {{State::details_due, Event::expired}, {State::captured, P::none}},
      {{State::details_due, Event::waited_enough}, {State::captured, P::none}},
  };
  return steps;
}

template <class Visitor>
void for_each_pair(Visitor visit) {
  for (const auto state : states) {
    for (const auto event : events) {
      SCOPED_TRACE(std::string(to_text(state)) + " + " + std::string(to_text(event)));
      visit(state, event, next(state, event));
    }
  }
}

TEST(Settlement, AnswersEveryPairOfStateAndEvent) {
  for_each_pair([](State state, Event event, Step step) {
    const auto found = expected().find({state, event});
    const Step wanted = found == expected().end() ? Step{state, Pace::none} : found->second;
    EXPECT_EQ(step.to, wanted.to);
    EXPECT_EQ(step.pace, wanted.pace);
  });
}

TEST(Settlement, NeverLeavesAFinalState) {
  for_each_pair([](State state, Event, Step step) {
    if (store::is_final(state)) {
      EXPECT_EQ(step.to, state);
    }
  });
}

TEST(Settlement, SendsACaptureThroughOneDoorAlone) {
  for_each_pair([](State state, Event event, Step step) {
    if (step.to != State::capture_sent || state == State::capture_sent) return;
    EXPECT_TRUE(state == State::capture_due && event == Event::started);
  });
}

TEST(Settlement, RepeatsACaptureOnlyWhereItDidNotHappenOrCannotBeSeen) {
  for_each_pair([](State state, Event event, Step step) {
    if (step.to != State::capture_due || state == step.to) return;
    const bool did_not_happen =
        state == State::capture_sent && (event == Event::not_done || event == Event::unknown_trip);
    const bool not_seen = state == State::capture_unknown && event == Event::missing;
    const bool never_sent = state == State::adjust_sent && event == Event::approved;
    EXPECT_TRUE(did_not_happen || not_seen || never_sent);
  });
}

TEST(Settlement, NeverGoesFromACaptureToACancelNorBack) {
  for_each_pair([](State state, Event, Step step) {
    if (call_in(state) == Call::capture) {
      EXPECT_NE(call_in(step.to), Call::cancel);
    }
    if (call_in(state) == Call::cancel) {
      EXPECT_NE(call_in(step.to), Call::capture);
    }
  });
}

TEST(Settlement, WaitsBeforeItRepeatsWhatFailed) {
  for_each_pair([](State state, Event event, Step step) {
    const bool failed = event == Event::not_done || event == Event::unclear ||
                        event == Event::unknown_trip || event == Event::pending;
    if (failed && call_in(step.to)) {
      EXPECT_TRUE(step.pace == Pace::later || step.pace == Pace::look ||
                  step == (Step{state, Pace::none}));
    }
  });
}

TEST(Settlement, HasAnIntentStateForEachCallThatChangesSomething) {
  for (const auto state : states) {
    const bool changes = call_in(state) && call_in(state) != Call::transactional_data;
    if (!needs_intent(state)) continue;
    EXPECT_TRUE(changes);
    const Step step = next(state, Event::started);
    EXPECT_NE(step.to, state);
    EXPECT_EQ(call_in(step.to), call_in(state));
  }
}

TEST(Settlement, OwesThePaymentRecordInEachFinalStateAndOnlyThere) {
  for (const auto state : states) {
    EXPECT_EQ(payment_status(state).empty(), !store::is_final(state)) << to_text(state);
  }
}

store::Settlement settlement(State state) {
  store::Settlement made;
  made.state = state;
  made.started_at = from_unix_ms(0);
  return made;
}

TEST(Settlement, EndsNoChargeByOurOwnClock) {
  const auto start = from_unix_ms(0);
  const auto years_later = start + std::chrono::days{3650};
  const milliseconds window = std::chrono::hours{46};
  for (const auto state : states) {
    auto tried = settlement(state);
    tried.attempts = 1'000'000;
    EXPECT_EQ(waited_enough(tried, window, years_later), state == State::details_due)
        << to_text(state);
  }
}

TEST(Settlement, EndsTheWaitForDetailsADayAfterTheWindowAndNotByALeapOfTheClock) {
  const milliseconds window = std::chrono::hours{46};
  auto waiting = settlement(State::details_due);
  const auto late = from_unix_ms(1) + window + std::chrono::hours{24};
  EXPECT_FALSE(waited_enough(waiting, window, late)) << "it was never asked for";
  waiting.attempts = details_tries_min;
  EXPECT_TRUE(waited_enough(waiting, window, late));
  EXPECT_FALSE(waited_enough(waiting, window, late - milliseconds{2}));
}

TEST(Settlement, NeverCallsATripExpiredThatMayHaveBeenCharged) {
  EXPECT_EQ(next(State::checkout_sent, Event::expired_in_doubt).to, State::held);
  EXPECT_EQ(next(State::capture_unknown, Event::expired).to, State::held);
  EXPECT_EQ(next(State::held, Event::expired).to, State::held);
}

TEST(Settlement, LeavesWhatIsHeldOnlyByAmazonsEvidence) {
  for (const auto event : events) {
    const auto to = next(State::held, event).to;
    EXPECT_EQ(to, event == Event::reconciled ? State::captured : State::held) << to_text(event);
  }
}

TEST(Settlement, AsksAmazonAboutAHeldChargeOnlyWhileItIsInDoubt) {
  auto held = settlement(State::held);
  EXPECT_FALSE(call_of(held));
  held.charge_unclear = true;
  EXPECT_EQ(call_of(held), Call::transactional_data);
  held.has_checkout_cart = true;
  EXPECT_FALSE(call_of(held)) << "there is nothing to ask at the checkout service";
  for (const auto state : states) {
    if (state == State::held) continue;
    EXPECT_EQ(call_of(settlement(state)), call_in(state)) << to_text(state);
  }
}

}  // namespace
}  // namespace gatehouse::sync
