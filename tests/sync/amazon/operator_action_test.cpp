#include "sync/amazon/operator_action.hpp"

#include <gtest/gtest.h>

#include <array>

#include "sync/amazon/settlement.hpp"

namespace gatehouse::sync {
namespace {

using State = store::SettlementState;

constexpr int states_max = 20;
constexpr std::array acts{OperatorAction::hold,
                          OperatorAction::release,
                          OperatorAction::release_captured,
                          OperatorAction::release_not_captured,
                          OperatorAction::cancel,
                          OperatorAction::release_confirmed,
                          OperatorAction::capture_authorised,
                          OperatorAction::write_off};

store::Settlement settlement(State state, std::optional<State> held_from = std::nullopt) {
  store::Settlement made;
  made.state = state;
  made.held_from = held_from;
  made.purchase_id = "p-1";
  made.amount = Money{1599, "USD"};
  made.approved = made.amount;
  return made;
}

std::optional<State> result(const store::Settlement& settlement, OperatorAction act) {
  const auto step = decide(settlement, act);
  if (!step) {
    EXPECT_FALSE(step.error().empty());
    return std::nullopt;
  }
  return step->to;
}

template <class Visitor>
void for_each_settlement(Visitor visit) {
  for (int number = 1; number <= states_max; ++number) {
    for (int from = 0; from <= states_max; ++from) {
      for (const bool unclear : {false, true}) {
        for (const bool checkout : {false, true}) {
          auto made = settlement(static_cast<State>(number));
          if (from != 0) made.held_from = static_cast<State>(from);
          made.charge_unclear = unclear;
          made.has_checkout_cart = checkout;
          visit(made);
        }
      }
    }
  }
}

TEST(OperatorAct, AnswersEveryStateAndNeverMovesOneThatIsFinalOrCalling) {
  for_each_settlement([](const store::Settlement& each) {
    for (const OperatorAction act : acts) {
      const auto to = result(each, act);
      const bool calling = call_in(each.state).has_value() && !needs_intent(each.state) &&
                           each.state != State::capture_unknown;
      const bool reopened = each.state == State::expired && act != OperatorAction::hold &&
                            act != OperatorAction::cancel;
      const bool unpaid = each.state == State::cancelled || each.state == State::declined ||
                          each.state == State::written_off;
      if (unpaid && act == OperatorAction::release_captured) continue;
      if ((store::is_final(each.state) && !reopened) || calling) {
        EXPECT_FALSE(to) << store::to_text(each.state);
      }
    }
  });
}

TEST(OperatorAct, NeverCancelsNorRepeatsWhatMayHaveBeenCharged) {
  for_each_settlement([](const store::Settlement& each) {
    if (!each.charge_unclear && each.state != State::capture_unknown) return;
    EXPECT_NE(result(each, OperatorAction::cancel), State::cancel_due)
        << store::to_text(each.state);
    if (each.has_checkout_cart) return;  // the trip is its idempotency key
    const auto released = result(each, OperatorAction::release);
    EXPECT_FALSE(released && call_in(*released)) << store::to_text(each.state);
  });
}

TEST(OperatorAct, MakesACaptureInDoubtOnlyWhereAPersonSaysThatItDidNotHappen) {
  auto held = settlement(State::held, State::capture_unknown);
  held.charge_unclear = true;
  EXPECT_EQ(decide(held, OperatorAction::release_captured),
            (OperatorStep{State::details_due, true}));
  EXPECT_EQ(decide(held, OperatorAction::release_not_captured),
            (OperatorStep{State::capture_due, true}));
  EXPECT_FALSE(decide(held, OperatorAction::release));
}

TEST(OperatorAct, RecordsAChargeThatALostHistoryMadeWhereAPersonSaysSo) {
  auto held = settlement(State::held, State::adjust_due);
  EXPECT_FALSE(decide(held, OperatorAction::release_captured)) << "nothing is in doubt";
  held.withheld = true;
  EXPECT_EQ(decide(held, OperatorAction::release_captured),
            (OperatorStep{State::details_due, true}));
  EXPECT_EQ(decide(held, OperatorAction::release_not_captured),
            (OperatorStep{State::adjust_due, true}));
  EXPECT_EQ(decide(held, OperatorAction::release), (OperatorStep{State::adjust_due, false}))
      << "and waits there";
  held.amount.reset();
  EXPECT_FALSE(decide(held, OperatorAction::release_captured)) << "nobody knows how much";
}

TEST(OperatorAct, TakesAPersonsWordAboutWhatIsWithheldBeforeItIsHeldToo) {
  for (const State state : {State::awaiting_price, State::adjust_due, State::capture_due}) {
    auto waiting = settlement(state);
    for (const OperatorAction says :
         {OperatorAction::release_captured, OperatorAction::release_not_captured}) {
      EXPECT_FALSE(decide(waiting, says)) << "nothing is in doubt";
    }
    waiting.withheld = true;
    EXPECT_FALSE(decide(waiting, OperatorAction::release)) << "that says nothing of it";
    EXPECT_EQ(decide(waiting, OperatorAction::release_captured),
              (OperatorStep{State::details_due, true}));
    EXPECT_EQ(decide(waiting, OperatorAction::release_not_captured), (OperatorStep{state, true}))
        << store::to_text(state);
    waiting.amount.reset();
    EXPECT_FALSE(decide(waiting, OperatorAction::release_captured)) << "nobody knows how much";
  }
}

TEST(OperatorAct, AdjustsBeforeACaptureThatNeverLeftAndWasInDoubtForALook) {
  auto held = settlement(State::held, State::adjust_due);
  held.charge_unclear = true;
  EXPECT_EQ(decide(held, OperatorAction::release_not_captured),
            (OperatorStep{State::adjust_due, true}));
  held.captures_sent = 1;
  EXPECT_EQ(decide(held, OperatorAction::release_not_captured),
            (OperatorStep{State::capture_due, true}));
}

TEST(OperatorAct, GivesTheWholeLimitOfAdjustsAnewOnlyWhereItLetsAChargeBeAdjustedAgain) {
  auto charge = settlement(State::held, State::adjust_sent);
  charge.adjusts_sent = 10;
  EXPECT_EQ(adjusts_anew(charge, State::adjust_due), 10);
  EXPECT_EQ(adjusts_anew(charge, State::capture_due), std::nullopt);
  charge.state = State::expired;
  EXPECT_EQ(adjusts_anew(charge, State::adjust_due), 10);
  charge.state = State::adjust_due;
  EXPECT_EQ(adjusts_anew(charge, State::adjust_due), std::nullopt) << "nobody has released it";
}

TEST(OperatorAct, ChargesWhatIsNotGrantedOnlyByTheWordOfAPersonWhoKnows) {
  auto anothers = settlement(State::not_granted);
  for (const auto act : {OperatorAction::hold, OperatorAction::cancel, OperatorAction::release,
                         OperatorAction::release_confirmed}) {
    EXPECT_FALSE(decide(anothers, act)) << "it says nothing of who charges it";
  }
  constexpr auto nobody_did = OperatorAction::release_not_captured;
  EXPECT_EQ(decide(anothers, nobody_did), (OperatorStep{State::adjust_due, true}));
  EXPECT_EQ(decide(anothers, OperatorAction::release_captured),
            (OperatorStep{State::settled_elsewhere, true}));
  EXPECT_EQ(decide(anothers, OperatorAction::write_off), (OperatorStep{State::written_off}));
  anothers.has_checkout_cart = true;
  EXPECT_EQ(decide(anothers, nobody_did)->to, State::checkout_due);
  anothers.has_checkout_cart = false;
  anothers.amount->minor = 0;
  EXPECT_FALSE(decide(anothers, nobody_did)) << "nobody says that nothing is meant";
}

TEST(OperatorAct, ChargesWhatIsNotGrantedAndWithheldOnlyByTheWordThatNobodyDid) {
  auto both = settlement(State::not_granted);
  both.withheld = true;
  for (const auto act : {OperatorAction::release, OperatorAction::release_confirmed}) {
    ASSERT_FALSE(decide(both, act)) << "the history that was lost may have charged it";
    EXPECT_NE(decide(both, act).error().find("--not-captured"), std::string::npos);
  }
  EXPECT_EQ(decide(both, OperatorAction::release_not_captured),
            (OperatorStep{State::adjust_due, true}));
  EXPECT_EQ(decide(both, OperatorAction::release_captured),
            (OperatorStep{State::details_due, true}));
  both.has_checkout_cart = true;
  EXPECT_EQ(decide(both, OperatorAction::release_captured),
            (OperatorStep{State::checked_out, true}));
  both.amount->minor = 0;
  EXPECT_EQ(decide(both, OperatorAction::release_captured),
            (OperatorStep{State::settled_elsewhere, true}));
}

TEST(OperatorAct, ReleasesToWhereItWasHeld) {
  const std::pair<State, State> pairs[] = {
      {State::adjust_due, State::adjust_due},   {State::adjust_sent, State::adjust_due},
      {State::capture_due, State::capture_due}, {State::capture_sent, State::capture_due},
      {State::cancel_due, State::cancel_due},   {State::cancel_sent, State::cancel_due},
  };
  for (const auto& [from, to] : pairs) {
    EXPECT_EQ(result(settlement(State::held, from), OperatorAction::release), to)
        << store::to_text(from);
  }
}

TEST(OperatorAct, ReleasesWhatWaitedForAPriceByWhatItKnowsNow) {
  auto held = settlement(State::held, State::awaiting_price);
  EXPECT_EQ(result(held, OperatorAction::release), State::adjust_due);
  held.amount = Money{0, "USD"};
  EXPECT_EQ(result(held, OperatorAction::release), State::cancel_due);
  held.has_checkout_cart = true;
  EXPECT_EQ(result(held, OperatorAction::release), State::checkout_due);
  held.has_checkout_cart = false;
  held.amount.reset();
  EXPECT_EQ(result(held, OperatorAction::release), State::awaiting_price);
}

TEST(OperatorAct, ReopensWhatHasExpiredWhereItsEvidenceSays) {
  auto expired = settlement(State::expired);
  EXPECT_EQ(result(expired, OperatorAction::release), State::adjust_due);
  expired.held_from = State::capture_sent;
  EXPECT_EQ(result(expired, OperatorAction::release), State::adjust_due)
      << "what was authorised may be gone";
  expired.captures_sent = 1;
  EXPECT_EQ(result(expired, OperatorAction::release), State::capture_due)
      << "nothing is adjusted once a capture may have left";
  expired.captures_not_done = 1;
  EXPECT_EQ(result(expired, OperatorAction::release), State::adjust_due);
  expired.held_from = State::cancel_sent;
  EXPECT_EQ(result(expired, OperatorAction::release), State::cancel_due);
  expired.held_from = State::checkout_sent;
  expired.has_checkout_cart = true;
  EXPECT_EQ(result(expired, OperatorAction::release), State::checkout_due);
  auto unpriced = settlement(State::expired, State::awaiting_price);
  unpriced.amount.reset();
  EXPECT_EQ(result(unpriced, OperatorAction::release), State::awaiting_price);
  unpriced.purchase_id.clear();
  EXPECT_EQ(result(unpriced, OperatorAction::release), State::cancel_due)
      << "an empty cart has no price";
}

TEST(OperatorAct, ReopensAnExpiredChargeInDoubtOnlyWithAnAnswer) {
  auto expired = settlement(State::expired, State::capture_sent);
  expired.charge_unclear = true;
  EXPECT_FALSE(decide(expired, OperatorAction::release));
  EXPECT_EQ(decide(expired, OperatorAction::release_captured),
            (OperatorStep{State::details_due, true}));
  EXPECT_EQ(decide(expired, OperatorAction::release_not_captured),
            (OperatorStep{State::adjust_due, true}));
}

TEST(OperatorAct, HoldsWhatHasNotBegunToBeCharged) {
  for (const State state : {State::awaiting_price, State::adjust_due, State::capture_due,
                            State::capture_unknown, State::cancel_due, State::checkout_due}) {
    EXPECT_EQ(result(settlement(state), OperatorAction::hold), State::held)
        << store::to_text(state);
  }
  EXPECT_FALSE(result(settlement(State::held), OperatorAction::hold));
  EXPECT_FALSE(result(settlement(State::details_due), OperatorAction::hold));
}

TEST(OperatorAct, CancelsOnlyAtThePaymentService) {
  for (const State state : {State::awaiting_price, State::adjust_due, State::capture_due}) {
    EXPECT_EQ(result(settlement(state), OperatorAction::cancel), State::cancel_due)
        << store::to_text(state);
  }
  EXPECT_EQ(result(settlement(State::held, State::adjust_sent), OperatorAction::cancel),
            State::cancel_due);
  auto checkout = settlement(State::checkout_due);
  checkout.has_checkout_cart = true;
  EXPECT_FALSE(result(checkout, OperatorAction::cancel));
  EXPECT_FALSE(result(settlement(State::details_due), OperatorAction::cancel));
}

TEST(OperatorAct, EndsACheckoutInDoubtWhereAPersonKnows) {
  auto held = settlement(State::held, State::checkout_due);
  held.has_checkout_cart = true;
  held.charge_unclear = true;
  EXPECT_EQ(decide(held, OperatorAction::release_captured),
            (OperatorStep{State::checked_out, true}));
  EXPECT_EQ(decide(held, OperatorAction::release_not_captured),
            (OperatorStep{State::checkout_due, true}));
  EXPECT_EQ(decide(held, OperatorAction::release), (OperatorStep{State::checkout_due, false}));
}

TEST(OperatorAct, TakesLateNewsOfAChargeWhereATripEndedUnpaid) {
  for (const State state : {State::cancelled, State::declined, State::expired}) {
    EXPECT_EQ(decide(settlement(state), OperatorAction::release_captured),
              (OperatorStep{State::details_due, true}))
        << store::to_text(state);
    auto checkout = settlement(state);
    checkout.has_checkout_cart = true;
    EXPECT_EQ(result(checkout, OperatorAction::release_captured), State::checked_out);
    auto nothing = settlement(state);
    nothing.amount->minor = 0;
    EXPECT_FALSE(decide(nothing, OperatorAction::release_captured)) << "nothing can be charged";
  }
  EXPECT_FALSE(decide(settlement(State::captured), OperatorAction::release_captured));
}

TEST(OperatorAct, LetsExactlyThePriceOfAHeldChargePass) {
  auto held = settlement(State::held, State::adjust_due);
  const auto confirmed = decide(held, OperatorAction::release_confirmed);
  ASSERT_TRUE(confirmed);
  EXPECT_EQ(confirmed->to, State::adjust_due);
  EXPECT_EQ(confirmed->confirmed, (Money{1599, "USD"}));
  EXPECT_EQ(decide(held, OperatorAction::release)->confirmed, std::nullopt);
  held.charge_unclear = true;
  EXPECT_FALSE(decide(held, OperatorAction::release_confirmed)) << "it has to be cleared up first";
  held.charge_unclear = false;
  held.amount.reset();
  EXPECT_FALSE(decide(held, OperatorAction::release_confirmed));
}

TEST(OperatorAct, CapturesAPartOnlyWhereAmazonApprovedOneAndItIsHeldForThat) {
  auto partly = settlement(State::held, State::adjust_sent);
  partly.approved = Money{500, "USD"};
  const auto captured = decide(partly, OperatorAction::capture_authorised);
  ASSERT_TRUE(captured);
  EXPECT_EQ(captured->to, State::capture_due);
  EXPECT_EQ(captured->part, (Money{500, "USD"}));
  for (const auto& approved :
       {std::optional<Money>{}, std::optional(Money{0, "USD"}), std::optional(Money{500, "EUR"}),
        std::optional(Money{1599, "USD"})}) {
    partly.approved = approved;
    EXPECT_FALSE(decide(partly, OperatorAction::capture_authorised));
  }
  for_each_settlement([](store::Settlement each) {
    each.approved = Money{500, "USD"};
    const auto step = decide(each, OperatorAction::capture_authorised);
    EXPECT_EQ(step.has_value(), each.state == State::held && each.held_from == State::adjust_sent &&
                                    !each.charge_unclear);
  });
}

TEST(OperatorAct, AsksForTheApprovalAgainWhereItDoesNotCoverThePrice) {
  auto held = settlement(State::held, State::capture_due);
  EXPECT_EQ(decide(held, OperatorAction::release)->to, State::capture_due);
  held.approved = Money{1598, "USD"};
  EXPECT_EQ(decide(held, OperatorAction::release)->to, State::adjust_due);
  held.part = held.approved;
  EXPECT_EQ(decide(held, OperatorAction::release)->to, State::capture_due);
}

}  // namespace
}  // namespace gatehouse::sync
