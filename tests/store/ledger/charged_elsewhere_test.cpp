// What a charge does of which the cloud says that it was made elsewhere, while it may be made here.
#include <gtest/gtest.h>

#include "tests/store/ledger/ledger_grant_fixture.hpp"

namespace gatehouse::store {
namespace {

using State = SettlementState;

/// The cloud answers that it was charged elsewhere while a call is under way.
class ChargedElsewhere : public LedgerGrant {
 protected:
  ChargedElsewhere() {
    append("t-1");
    run([](Ledger& ledger) { require(ledger.price("t-1", {999, "USD"}, at(9'000))); });
  }
  void move(State from, State to, bool not_done = false, bool cleared_up = false) {
    SettlementChange change;
    change.trip_sequence = 1;
    change.from = from;
    change.to = to;
    change.at = at(9'500);
    change.next_attempt_at = at(9'500);
    change.capture_not_done = not_done;
    change.charge_cleared_up = cleared_up;
    run([&](Ledger& ledger) { require(ledger.move_settlement(change)); });
  }
  void say() { answer("t-1", {.settled_elsewhere = true, .record = "{\"a\":1}"}, std::nullopt); }
};

TEST_F(ChargedElsewhere, EndsTheChargeOnceTheAdjustUnderWayHasItsAnswer) {
  move(State::adjust_due, State::adjust_sent);
  say();
  EXPECT_EQ(settlement("t-1").state, State::adjust_sent);
  EXPECT_NE(trip("t-1").history.back().reason.find("charged elsewhere"), std::string::npos);
  move(State::adjust_sent, State::capture_due);
  EXPECT_EQ(settlement("t-1").state, State::settled_elsewhere);
  EXPECT_EQ(trip("t-1").deliveries.size(), 2U);
  EXPECT_EQ(due(), 0U);
}

TEST_F(ChargedElsewhere, EndsTheChargeAfterACrashDuringTheAdjust) {
  move(State::adjust_due, State::adjust_sent);
  say();
  run([](Ledger& ledger) { EXPECT_TRUE(require(ledger.recover_settlement(1, at(10'000)))); });
  EXPECT_EQ(settlement("t-1").state, State::settled_elsewhere);
}

TEST_F(ChargedElsewhere, EndsTheChargeOnceTheCaptureUnderWaySurelyHadNoEffect) {
  move(State::adjust_due, State::adjust_sent);
  move(State::adjust_sent, State::capture_sent);
  say();
  move(State::capture_sent, State::capture_due, true);
  EXPECT_EQ(settlement("t-1").state, State::settled_elsewhere);
}

TEST_F(ChargedElsewhere, CapturesNothingAgainOfWhatMayHaveBeenChargedHereUntilAPersonSaysSo) {
  move(State::adjust_due, State::adjust_sent);
  move(State::adjust_sent, State::capture_sent);
  move(State::capture_sent, State::capture_unknown);
  say();
  EXPECT_EQ(settlement("t-1").state, State::capture_unknown) << "it may have been charged here";
  const auto entries = trip("t-1").history.size();
  say();
  EXPECT_EQ(trip("t-1").history.size(), entries) << "an answer may come each hour";
  move(State::capture_unknown, State::capture_due);
  EXPECT_EQ(settlement("t-1").state, State::capture_due);
  EXPECT_EQ(due(), 0U);
  run([](Ledger& ledger) { EXPECT_TRUE(require(ledger.accept_gaps(at(40'000), 100))); });
  EXPECT_EQ(due(), 0U) << "an acceptance is about a gap";
  move(State::capture_due, State::capture_due, false, true);
  EXPECT_EQ(due(), 1U);
}

TEST_F(ChargedElsewhere, EndsTheDoubtOfALookBeforeAnyCaptureOfOurs) {
  SettlementChange seen;
  seen.trip_sequence = 1;
  seen.from = State::adjust_due;
  seen.to = State::held;
  seen.at = seen.next_attempt_at = at(9'500);
  seen.charge_unclear = true;
  run([&](Ledger& ledger) { require(ledger.move_settlement(seen)); });
  answer("t-1", {.ledger = "another.1"});
  EXPECT_EQ(settlement("t-1").state, State::held) << "no price is a word about it";
  say();
  EXPECT_EQ(settlement("t-1").state, State::settled_elsewhere);
  EXPECT_FALSE(settlement("t-1").charge_unclear);
}

TEST_F(ChargedElsewhere, LeavesADoubtAboutACaptureOfOursToAPerson) {
  move(State::adjust_due, State::adjust_sent);
  move(State::adjust_sent, State::capture_due);
  move(State::capture_due, State::capture_sent);
  move(State::capture_sent, State::capture_due, true);
  SettlementChange seen;
  seen.trip_sequence = 1;
  seen.from = State::capture_due;
  seen.to = State::held;
  seen.at = seen.next_attempt_at = at(9'600);
  seen.charge_unclear = true;
  run([&](Ledger& ledger) { require(ledger.move_settlement(seen)); });
  say();
  EXPECT_EQ(settlement("t-1").state, State::held) << "the id came after a capture of ours";
}

TEST_F(ChargedElsewhere, StandsInTheHistoryOfWhatWasChargedHere) {
  move(State::adjust_due, State::captured);
  say();
  EXPECT_EQ(settlement("t-1").state, State::captured);
  EXPECT_NE(trip("t-1").history.back().reason.find("charged elsewhere"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::store
