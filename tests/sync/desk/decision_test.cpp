#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/amazon/amazon_lane.hpp"
#include "sync/cloud/cloud_decision.hpp"
#include "sync/desk/decision.hpp"

namespace gatehouse::sync {
namespace {

using Kind = DecisionStep::Kind;
using State = store::SettlementState;
using Word = store::DecisionWord;

store::Settlement charge(State state, bool unclear = false) {
  store::Settlement made;
  made.trip_id = "T1";
  made.purchase_id = "p-1";
  made.state = state;
  made.amount = Money{1599, "USD"};
  made.charge_unclear = unclear;
  return made;
}

TEST(CloudDecision, IsReadWithWhoMadeItAndTheRevisionThatItAnswers) {
  const auto said = decision_in(R"({"decision":"not_captured","by":"Ann \u00e9","revision":2})");
  ASSERT_TRUE(said);
  EXPECT_EQ(said->word, Word::not_captured);
  EXPECT_EQ(said->by, "Ann \xc3\xa9");
  EXPECT_EQ(said->revision, 2);
  EXPECT_EQ(decision_in(R"({"decision":"charge"})")->by, "");
  EXPECT_EQ(decision_in(R"({"decision":"charge","revision":-1})")->revision, 0);
}

TEST(CloudDecision, IsNoneWhereTheAnswerSaysNothingOfIt) {
  for (const char* answer :
       {"", "{}", "[]", "null", R"({"decision":null})", R"({"purchaseId":"p"})", R"(["decision"])",
        R"({"decision":"captured","decision":"charge"})", R"({"note":{"decision":"captured"}})"}) {
    EXPECT_FALSE(decision_in(answer)) << answer;
  }
}

TEST(CloudDecision, IsPutOnRecordWhereItCannotBeRead) {
  const std::string too_long = R"({"decision":"captured","by":")" + std::string(129, 'x') + "\"}";
  for (const std::string& answer :
       {std::string(R"({"decision":7})"), std::string(R"({"decision":"CAPTURED"})"),
        std::string(R"({"decision":"refund","by":"Ann"})"),
        std::string(R"({"decision":"captured","by":7})"),
        std::string(R"({"decision":"captured","by":"a\nb"})"), too_long}) {
    const auto said = decision_in(answer);
    ASSERT_TRUE(said) << answer;
    EXPECT_EQ(said->word, Word::unreadable) << answer;
  }
  EXPECT_EQ(step_of(charge(State::held), Word::unreadable).kind, Kind::refused);
}

TEST(CloudDecision, ConfirmsAPriceOnlyWithChargeAndTheAmount) {
  const std::string amount = R"("amount":{"amount":"1599.00","code":"USD"})";
  const auto said = decision_in(R"({"decision":"charge","confirm":true,)" + amount + "}");
  ASSERT_TRUE(said);
  EXPECT_EQ(said->confirms, (Money{159'900, "USD"}));
  EXPECT_EQ(decision_in(R"({"decision":"charge","confirm":false,)" + amount + "}")->confirms,
            std::nullopt);
  EXPECT_EQ(decision_in(R"({"decision":"charge",)" + amount + "}")->confirms, std::nullopt)
      << "an answer may repeat the record";
  for (const std::string& answer :
       {std::string(R"({"decision":"charge","confirm":true})"),
        R"({"decision":"charge","confirm":"yes",)" + amount + "}",
        R"({"decision":"written_off","confirm":true,)" + amount + "}"}) {
    EXPECT_EQ(decision_in(answer)->word, Word::unreadable) << answer;
  }
}

TEST(Decision, LetsExactlyThePricePassThatItConfirms) {
  auto held = charge(State::held);
  held.held_from = State::adjust_due;
  const auto step = step_of(held, Word::charge, Money{1599, "USD"});
  EXPECT_EQ(step.step, (OperatorStep{.to = State::adjust_due, .confirmed = Money{1599, "USD"}}));
  for (const Money& other : {Money{1598, "USD"}, Money{1599, "EUR"}}) {
    EXPECT_EQ(step_of(held, Word::charge, other).kind, Kind::refused);
  }
  held.charge_unclear = true;
  EXPECT_EQ(step_of(held, Word::charge, Money{1599, "USD"}).kind, Kind::refused);
  held.amount.reset();
  EXPECT_EQ(step_of(held, Word::charge, Money{1599, "USD"}).kind, Kind::refused);
}

TEST(Decision, SaysWhatBecameOfACaptureInDoubtWhetherItIsHeldOrNot) {
  for (const State state : {State::capture_unknown, State::held}) {
    const auto in_doubt = charge(state, true);
    EXPECT_EQ(step_of(in_doubt, Word::captured).step, (OperatorStep{State::details_due, true}));
    EXPECT_EQ(step_of(in_doubt, Word::not_captured).step, (OperatorStep{State::capture_due, true}));
    EXPECT_EQ(step_of(in_doubt, Word::charge).kind, Kind::refused);
    EXPECT_EQ(step_of(in_doubt, Word::written_off).step, (OperatorStep{State::written_off, false}));
  }
}

TEST(Decision, WaitsForTheOutcomeOfACallThatIsUnderWay) {
  for (const State state : {State::adjust_sent, State::capture_sent, State::cancel_sent}) {
    for (const Word word : {Word::captured, Word::not_captured, Word::written_off, Word::charge}) {
      EXPECT_EQ(step_of(charge(state), word).kind, Kind::later);
    }
  }
}

TEST(Decision, ThatNothingWasCapturedSaysSoOnlyOfTheCapturesThatItsRecordToldOf) {
  store::Decision word{};
  word.word = Word::not_captured;
  word.captures_known = 1;
  for (const State state : {State::capture_unknown, State::held, State::capture_sent}) {
    auto in_doubt = charge(state, true);
    in_doubt.captures_sent = 2;
    const auto step = step_of(in_doubt, word);
    EXPECT_EQ(step.kind, Kind::refused);
    EXPECT_TRUE(step.reason.contains("did not tell"));
  }
  auto in_doubt = charge(State::capture_unknown, true);
  in_doubt.captures_sent = 1;
  EXPECT_EQ(step_of(in_doubt, word).kind, Kind::move);
  in_doubt.captures_sent = 2;
  word.word = Word::captured;
  EXPECT_EQ(step_of(in_doubt, word).kind, Kind::move);
}

TEST(Decision, ThatNothingWasCapturedIsNoneAboutADoubtThatItsRecordDidNotTellOf) {
  // Shown by a look before any capture of ours: none was known, and none has left.
  auto in_doubt = charge(State::held, true);
  in_doubt.held_from = State::capture_due;
  store::Decision word{};
  word.word = Word::not_captured;
  word.captures_known = -1;
  EXPECT_EQ(step_of(in_doubt, word).kind, Kind::refused);
  EXPECT_THAT(step_of(in_doubt, word).reason, testing::StartsWith("it names no revision"));
  word.revision = 1;
  EXPECT_THAT(step_of(in_doubt, word).reason, testing::StartsWith("what is in question has"));
  word.captures_known = 0;
  EXPECT_EQ(step_of(in_doubt, word).kind, Kind::move);
  word.captures_known = -1;
  for (const Word other : {Word::captured, Word::written_off}) {
    word.word = other;
    EXPECT_EQ(step_of(in_doubt, word).kind, Kind::move) << "it lets nobody charge";
  }
}

TEST(Decision, ChargesWhatIsAnothersOnlyByAWordAboutJustThat) {
  const auto anothers = charge(State::not_granted);
  store::Decision said{};
  for (const Word word : {Word::charge, Word::not_captured}) {
    said.word = word;
    said.captures_known = -1;
    EXPECT_EQ(step_of(anothers, said).kind, Kind::refused);
    said.captures_known = 0;
    EXPECT_EQ(step_of(anothers, said).kind, Kind::move);
  }
  said.word = Word::charge;
  said.captures_known = -1;
  EXPECT_EQ(step_of(charge(State::held), said).kind, Kind::move) << "a plain release";
}

TEST(Decision, AboutAWithheldChargeThatIsAnothersAsWellSaysWhetherItWasMade) {
  auto both = charge(State::not_granted);
  both.withheld = true;
  EXPECT_EQ(step_of(both, Word::charge).kind, Kind::refused);
  EXPECT_EQ(step_of(both, Word::not_captured).step, (OperatorStep{State::adjust_due, true}));
  EXPECT_EQ(step_of(both, Word::captured).step, (OperatorStep{State::details_due, true}));
  both.has_checkout_cart = true;
  EXPECT_EQ(step_of(both, Word::captured).step, (OperatorStep{State::checked_out, true}));
}

TEST(Decision, IsCarriedOutOnceAndIsNothingNewAfterThat) {
  EXPECT_EQ(step_of(charge(State::captured), Word::captured).kind, Kind::nothing);
  EXPECT_EQ(step_of(charge(State::details_due), Word::captured).kind, Kind::nothing);
  EXPECT_EQ(step_of(charge(State::written_off), Word::written_off).kind, Kind::nothing);
  for (const Word word : {Word::not_captured, Word::written_off, Word::charge}) {
    EXPECT_EQ(step_of(charge(State::captured), word).kind, Kind::refused);
  }
}

TEST(Decision, AboutAWithheldChargeSaysWhetherItWasMade) {
  for (const State state : {State::adjust_due, State::held}) {
    auto withheld = charge(state);
    withheld.held_from = State::adjust_due;
    withheld.withheld = true;
    EXPECT_EQ(step_of(withheld, Word::captured).step, (OperatorStep{State::details_due, true}));
    EXPECT_EQ(step_of(withheld, Word::not_captured).step, (OperatorStep{State::adjust_due, true}));
    EXPECT_EQ(step_of(withheld, Word::charge).kind, Kind::refused);
    EXPECT_THAT(step_of(withheld, Word::charge).reason, testing::HasSubstr("stay withheld"));
  }
}

TEST(Decision, GivesTheWholeLimitOfAdjustsAnew) {
  auto held = charge(State::held);
  held.held_from = State::adjust_sent;
  held.adjusts_sent = 10;
  const auto change =
      operator_change({"S", false}, held, {State::adjust_due}, "decided", from_unix_ms(1'000));
  EXPECT_EQ(change.adjusts_not_counted, 10);
}

TEST(Decision, AboutWhatAnotherBoxIsToChargeSaysWhoDid) {
  const auto anothers = charge(State::not_granted);
  EXPECT_EQ(step_of(anothers, Word::charge).step, (OperatorStep{State::adjust_due, true}));
  EXPECT_EQ(step_of(anothers, Word::charge, anothers.amount).step.confirmed, anothers.amount);
  auto in_doubt = anothers;
  in_doubt.charge_unclear = true;
  EXPECT_EQ(step_of(in_doubt, Word::charge).kind, Kind::refused);
  EXPECT_EQ(step_of(anothers, Word::captured).step, (OperatorStep{State::settled_elsewhere, true}));
  EXPECT_EQ(step_of(charge(State::settled_elsewhere), Word::captured).kind, Kind::nothing);
  for (const State to : {State::settled_elsewhere, State::written_off}) {
    const auto change = operator_change({"S", true}, anothers, {to}, "", from_unix_ms(1'000));
    EXPECT_TRUE(change.payment_record);
    EXPECT_FALSE(change.payment_status) << "the other box reports";
  }
}

TEST(Decision, ReleasesAChargeThatIsHeldForAnotherReason) {
  auto held = charge(State::held);
  held.held_from = State::adjust_sent;
  EXPECT_EQ(step_of(held, Word::charge).step, (OperatorStep{State::adjust_due, false}));
  EXPECT_EQ(step_of(held, Word::captured).kind, Kind::refused);
}

TEST(Decision, WritesOffWhatIsNotChargedYetAndNothingThatIs) {
  for (const State state : {State::awaiting_price, State::adjust_due, State::capture_due,
                            State::held, State::expired}) {
    EXPECT_EQ(step_of(charge(state), Word::written_off).step.to, State::written_off);
  }
  for (const State state : {State::details_due, State::cancel_due, State::declined}) {
    EXPECT_EQ(step_of(charge(state), Word::written_off).kind, Kind::refused);
  }
  // Found in the processor's report a week later.
  EXPECT_EQ(step_of(charge(State::written_off, true), Word::captured).step,
            (OperatorStep{State::details_due, true}));
  EXPECT_EQ(step_of(charge(State::written_off), Word::not_captured).kind, Kind::refused);
}

TEST(Decision, OwesTheRecordsOfTheStateThatItReaches) {
  const auto change = operator_change({"S", true}, charge(State::held), {State::written_off},
                                      "decided", from_unix_ms(1'000));
  EXPECT_TRUE(change.payment_record->contains(R"("status":"WRITTEN_OFF")"));
  EXPECT_TRUE(change.payment_status->contains(R"("totalAmount":{"amount":0.00,)"));
  const auto in_doubt = operator_change({"S", true}, charge(State::held, true),
                                        {State::written_off}, "decided", from_unix_ms(1'000));
  EXPECT_TRUE(in_doubt.payment_record);
  EXPECT_FALSE(in_doubt.payment_status) << "what may have been charged is reported to nobody";
}

TEST(SumThatWasSettled, IsReportedUpToTheTotalOfWhatHasEnded) {
  EXPECT_EQ(why_not_settled(charge(State::declined), {500, "USD"}), "");
  EXPECT_EQ(why_not_settled(charge(State::expired), {1599, "USD"}), "");
  EXPECT_NE(why_not_settled(charge(State::expired), {1600, "USD"}), "");
  EXPECT_NE(why_not_settled(charge(State::expired), {-1, "USD"}), "");
  EXPECT_NE(why_not_settled(charge(State::expired), {500, "EUR"}), "");
  EXPECT_NE(why_not_settled(charge(State::held), {500, "USD"}), "");
  EXPECT_NE(why_not_settled(charge(State::written_off, true), {500, "USD"}), "");
  EXPECT_NE(why_not_settled(charge(State::checked_out), {500, "USD"}), "");
}

TEST(SumThatWasSettled, IsNeverLessThanWhatWasCaptured) {
  EXPECT_EQ(why_not_settled(charge(State::captured), {1599, "USD"}), "");
  EXPECT_THAT(why_not_settled(charge(State::captured), {1598, "USD"}),
              testing::HasSubstr("from 15.99 to"));
  auto in_part = charge(State::captured);
  in_part.part = Money{1000, "USD"};
  EXPECT_NE(why_not_settled(in_part, {999, "USD"}), "");
  EXPECT_EQ(why_not_settled(in_part, {1000, "USD"}), "");
  EXPECT_EQ(why_not_settled(in_part, {1599, "USD"}), "") << "the rest was paid in cash";
}

TEST(SumThatWasSettled, MakesNoDebtOfWhatTheRetailerAsksNothingFor) {
  for (const State state : {State::cancelled, State::written_off}) {
    EXPECT_EQ(why_not_settled(charge(state), {0, "USD"}), "");
    EXPECT_THAT(why_not_settled(charge(state), {500, "USD"}), testing::HasSubstr("only 0"));
    EXPECT_THAT(
        settled_report("S", charge(state), {0, "USD"}, from_unix_ms(1'500), TimeUnit::seconds),
        testing::HasSubstr(R"("totalAmount":{"amount":0.00,)"));
  }
}

TEST(SumThatWasSettled, IsReportedWithTheTotal) {
  EXPECT_EQ(settled_report("S", charge(State::declined), {500, "USD"}, from_unix_ms(1'500),
                           TimeUnit::seconds),
            R"({"storeId":"S","shoppingTripId":"T1","totalAmount":{"amount":15.99,"code":"USD"},)"
            R"("settledAmount":{"amount":5.00,"code":"USD"},"paymentStatusTime":1})");
}

}  // namespace
}  // namespace gatehouse::sync
