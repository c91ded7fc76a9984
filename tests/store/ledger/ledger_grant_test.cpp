// Whose charge a trip is: what the cloud's answer says of it, through the ledger that it names.
#include <gtest/gtest.h>

#include "tests/store/ledger/ledger_grant_fixture.hpp"

namespace gatehouse::store {
namespace {

using State = SettlementState;

TEST_F(LedgerGrant, ChargesAPriceThatNamesThisLedgerOrNone) {
  append("ours");
  append("unsaid");
  answer("ours", {.ledger = name()});
  answer("unsaid", {});
  EXPECT_EQ(settlement("ours").state, State::adjust_due);
  EXPECT_EQ(settlement("unsaid").state, State::adjust_due);
  EXPECT_EQ(due(), 2U);
}

TEST_F(LedgerGrant, ShowsAPriceThatNamesAnotherLedgerAndNeverChargesIt) {
  append("t-1");
  answer("t-1", {.ledger = "another.1"});
  const Settlement kept = settlement("t-1");
  EXPECT_EQ(kept.state, State::not_granted);
  EXPECT_EQ(kept.amount, (Money{999, "USD"}));
  EXPECT_EQ(kept.price_ledger, "another.1");
  EXPECT_NE(kept.reason.find("names another ledger"), std::string::npos) << kept.reason;
  EXPECT_EQ(due(), 0U);
  EXPECT_EQ(trip("t-1").history.back().state, State::not_granted);
  const LedgerCounts now = counts();
  EXPECT_EQ(now.not_granted, 1);
  EXPECT_EQ(now.not_granted_recently, 1);
  EXPECT_EQ(now.last_not_granted_trip, "t-1");
  EXPECT_EQ(now.settlement_open, 0) << "nothing of it is overdue here";
  EXPECT_EQ(ledger_name(now.mark), name());
  auto reader = require(LedgerReader::open(file));
  EXPECT_EQ(require(reader.questions().facts(1)).value().ask_at, at(9'000)) << "somebody is told";
}

TEST_F(LedgerGrant, NeitherCancelsNorChecksOutWhatIsAnothers) {
  append("zero");
  answer("zero", {.ledger = "another.1"}, Money{0, "USD"});
  EXPECT_EQ(settlement("zero").state, State::not_granted);
  append("checkout");
  DeliveryAttempt attempt;
  attempt.delivery_id = trip("checkout").deliveries.at(0).id;
  attempt.state = DeliveryState::delivered;
  attempt.at = at(9'000);
  attempt.charge = Money{999, "USD"};
  attempt.checkout_cart = "{}";
  attempt.grant.ledger = "another.1";
  run([&](Ledger& ledger) { require(ledger.record_attempt(attempt)); });
  EXPECT_EQ(settlement("checkout").state, State::not_granted);
  EXPECT_TRUE(settlement("checkout").has_checkout_cart) << "kept for whoever charges it here";
  EXPECT_EQ(due(), 0U);
}

TEST_F(LedgerGrant, ChargesAPriceWithoutANameOnlyWhereNoneIsRequired) {
  append("t-1");
  answer("t-1", {.required = true});
  EXPECT_EQ(settlement("t-1").state, State::not_granted);
  EXPECT_NE(settlement("t-1").reason.find("cloud.grant"), std::string::npos);
  append("t-2");
  answer("t-2", {.ledger = name(), .required = true});
  EXPECT_EQ(settlement("t-2").state, State::adjust_due);
}

TEST_F(LedgerGrant, ChargesWhatAPersonPricesHereWhoeverElseIsNamed) {
  append("t-1");
  answer("t-1", {.ledger = "another.1"});
  run([](Ledger& ledger) {
    EXPECT_EQ(require(ledger.price("t-1", {999, "USD"}, at(9'500))), PriceOutcome::priced);
  });
  EXPECT_EQ(settlement("t-1").state, State::adjust_due);
  append("t-2");
  run([](Ledger& ledger) { require(ledger.price("t-2", {999, "USD"}, at(9'500))); });
  answer("t-2", {.ledger = "another.1"});
  EXPECT_EQ(settlement("t-2").state, State::adjust_due) << "a person was quicker than the cloud";
  EXPECT_EQ(due(), 2U);
}

TEST_F(LedgerGrant, IsAWordForWhatIsWithheldOnlyInTheEraThatTheLedgerIsIn) {
  const std::string before = name();
  append("first brought before");
  append("first brought now");
  append("unsaid");
  append("another's");
  lose_history();
  ASSERT_NE(name(), before);
  answer("first brought before", {.ledger = before});
  answer("first brought now", {.ledger = name()});
  answer("unsaid", {});
  answer("another's", {.ledger = "another.1"});
  EXPECT_EQ(due(), 1U);
  EXPECT_TRUE(settlement("first brought before").withheld);
  EXPECT_FALSE(settlement("first brought now").withheld);
  EXPECT_NE(trip("first brought now").history.back().reason.find("names this ledger"),
            std::string::npos);
  EXPECT_TRUE(settlement("unsaid").withheld);
  EXPECT_EQ(settlement("another's").state, State::not_granted);
  run([](Ledger& ledger) { EXPECT_TRUE(require(ledger.accept_gaps(at(40'000), 100))); });
  EXPECT_EQ(due(), 3U);
  EXPECT_EQ(settlement("another's").state, State::not_granted) << "an acceptance grants nothing";
}

TEST_F(LedgerGrant, ChargesWhatIsWithheldOnceAPersonPricesItAgainstThePriceOfAnother) {
  append("t-1");
  append("t-2");
  lose_history();
  answer("t-1", {.ledger = "another.1"});
  run([](Ledger& ledger) {
    require(ledger.price("t-1", {999, "USD"}, at(9'500)));
    require(ledger.price("t-2", {999, "USD"}, at(9'500)));
  });
  EXPECT_FALSE(settlement("t-1").withheld) << "it was held back for this word alone";
  EXPECT_TRUE(settlement("t-2").withheld) << "a first price is no word about the history";
  EXPECT_EQ(due(), 1U);
}

TEST_F(LedgerGrant, ReplacesTheCartOfATripThatWasNotGrantedAndIsPricedAnew) {
  append("t-1");
  const auto priced = [](Ledger& ledger) {
    EXPECT_EQ(require(ledger.price("t-1", {999, "USD"}, at(9'500), "{\"a\":2}")),
              PriceOutcome::priced);
  };
  run([](Ledger& ledger) { require(ledger.price("t-1", {500, "USD"}, at(9'000), "{\"a\":1}")); });
  lose_history();
  answer("t-1", {.ledger = "another.1"});
  ASSERT_EQ(settlement("t-1").state, State::not_granted);
  run(priced);
  EXPECT_EQ(settlement("t-1").state, State::checkout_due);
  EXPECT_EQ(require(require(LedgerReader::open(file)).checkout_cart(1)), "{\"a\":2}");
}

TEST_F(LedgerGrant, StopsAWithheldChargeWhosePriceNowNamesAnother) {
  append("t-1");
  answer("t-1", {});
  lose_history();
  answer("t-1", {.ledger = "another.1"});
  EXPECT_EQ(settlement("t-1").state, State::not_granted);
}

TEST_F(LedgerGrant, LetsADifferentPriceVouchForNothing) {
  append("t-1");
  answer("t-1", {});
  lose_history();
  answer("t-1", {.ledger = name()}, Money{1'000, "USD"});
  EXPECT_TRUE(settlement("t-1").withheld);
  EXPECT_EQ(settlement("t-1").amount, (Money{999, "USD"}));
}

TEST_F(LedgerGrant, EndsATripThatTheCloudKnowsToBeSettledElsewhereWithItsRecord) {
  append("t-1");
  lose_history();
  answer("t-1", {.settled_elsewhere = true, .record = R"({"status":"SETTLED_ELSEWHERE"})"});
  const TripView ended = trip("t-1");
  EXPECT_EQ(ended.settlement->state, State::settled_elsewhere);
  EXPECT_FALSE(ended.settlement->withheld);
  EXPECT_EQ(due(), 0U);
  ASSERT_EQ(ended.deliveries.size(), 2U);
  EXPECT_EQ(ended.deliveries[1].kind, DeliveryKind::payment_record);
  EXPECT_EQ(counts().settled_elsewhere, 1);
}

TEST_F(LedgerGrant, GivesTheRecordsOfAnotherLedgerOrEraKeysOfTheirOwn) {
  const auto key = [this](const std::string& trip_id) {
    append(trip_id);
    answer(trip_id, {.settled_elsewhere = true, .record = R"({"a":1})"});
    return trip(trip_id).deliveries.at(1).idempotency_key;
  };
  const auto ending = [this] {
    const LedgerMark& mark = opened.ledger.mark();
    return ":payment:" + mark.id.substr(0, 8) + "." + std::to_string(mark.era);
  };
  const std::string before = ending();
  EXPECT_EQ(key("t-1"), "t-1" + before);
  lose_history();
  ASSERT_NE(ending(), before);
  EXPECT_EQ(key("t-2"), "t-2" + ending());
  EXPECT_EQ(trip("t-1").deliveries.at(1).idempotency_key, "t-1" + before)
      << "what is made keeps its key";
}

TEST_F(LedgerGrant, KeepsAPersonsWordAboutWhatIsWithheldInTheHistory) {
  append("t-1");
  lose_history();
  SettlementChange word;
  word.trip_sequence = 1;
  word.from = State::awaiting_price;
  word.to = State::awaiting_price;
  word.at = at(21'000);
  word.reason = "decided by Ann";
  word.charge_cleared_up = true;
  run([&](Ledger& ledger) { require(ledger.move_settlement(word)); });
  EXPECT_FALSE(settlement("t-1").withheld);
  EXPECT_EQ(trip("t-1").history.back().reason, "decided by Ann");
  auto reader = require(LedgerReader::open(file));
  EXPECT_EQ(require(reader.questions().facts(1)).value().ask_at, std::nullopt);
}

TEST_F(LedgerGrant, VouchesByALookOnlyForWhatIsStillAsItWasSeen) {
  append("t-1");
  answer("t-1", {});
  lose_history();
  SettlementChange hold;
  hold.trip_sequence = 1;
  hold.from = State::adjust_due;
  hold.to = State::held;
  hold.at = at(21'000);
  run([&](Ledger& ledger) { require(ledger.move_settlement(hold)); });
  const auto vouch = [this](State seen) {
    run([&](Ledger& ledger) { require(ledger.vouch("t-1", seen, "a look", at(22'000))); });
  };
  vouch(State::adjust_due);
  EXPECT_TRUE(settlement("t-1").withheld) << "a person has held it meanwhile";
  vouch(State::held);
  EXPECT_FALSE(settlement("t-1").withheld);
}

TEST_F(LedgerGrant, HoldsForALookOnlyWhatIsStillWithheld) {
  append("t-1");
  answer("t-1", {});
  SettlementChange hold;
  hold.trip_sequence = 1;
  hold.from = State::adjust_due;
  hold.to = State::held;
  hold.at = at(21'000);
  hold.only_withheld = true;
  run([&](Ledger& ledger) { EXPECT_FALSE(ledger.move_settlement(hold)); });
  EXPECT_EQ(settlement("t-1").state, State::adjust_due);
}

TEST_F(LedgerGrant, LetsGoOfATripThatTheCloudKnowsNotToBeSettledElsewhere) {
  append("priced");
  append("without a price");
  lose_history();
  answer("priced", {.settled_elsewhere = false});
  EXPECT_FALSE(settlement("priced").withheld);
  EXPECT_EQ(due(), 1U);
  answer("without a price", {.settled_elsewhere = false}, std::nullopt);
  EXPECT_FALSE(settlement("without a price").withheld);
  EXPECT_EQ(settlement("without a price").state, State::awaiting_price);
}

TEST_F(LedgerGrant, TakesTheCheckoutCartOfAHeldChargeWithThePriceThatItHas) {
  append("t-1");
  answer("t-1", {});
  SettlementChange hold;
  hold.trip_sequence = 1;
  hold.from = State::adjust_due;
  hold.to = State::held;
  hold.at = hold.next_attempt_at = at(21'000);
  run([&](Ledger& ledger) {
    require(ledger.move_settlement(hold));
    EXPECT_EQ(require(ledger.price("t-1", {999, "USD"}, at(22'000))), PriceOutcome::identical);
    EXPECT_EQ(require(ledger.price("t-1", {999, "USD"}, at(22'000), "{}")), PriceOutcome::replaced);
  });
  EXPECT_TRUE(settlement("t-1").has_checkout_cart);
}

TEST_F(LedgerGrant, RemembersThatAnotherLedgerMayHaveChargedWhatItLetGo) {
  for (const char* trip_id : {"never", "accepted", "vouched", "priced here"}) append(trip_id);
  run([](Ledger& ledger) { require(ledger.price("never", {999, "USD"}, at(9'500))); });
  EXPECT_FALSE(settlement("never").was_withheld);
  answer("priced here", {.ledger = "another.1"});
  run([](Ledger& ledger) { require(ledger.price("priced here", {999, "USD"}, at(9'500))); });
  EXPECT_TRUE(settlement("priced here").was_withheld);
  lose_history();
  answer("vouched", {.settled_elsewhere = false});
  EXPECT_TRUE(settlement("vouched").was_withheld);
  run([](Ledger& ledger) { EXPECT_TRUE(require(ledger.accept_gaps(at(40'000), 100))); });
  EXPECT_TRUE(settlement("accepted").was_withheld);
}

class LedgerGrantQuestion : public LedgerGrant {
 protected:
  LedgerGrantQuestion() { append("t-1"); }
  int known() {
    auto reader = require(LedgerReader::open(file));
    return require(reader.questions().decision(1)).value().captures_known;
  }
  void ask(State state) {
    auto reader = require(LedgerReader::open(file));
    const auto wanted = require(reader.questions().facts(1)).value().ask_at.value();
    run([&](Ledger& ledger) {
      EXPECT_TRUE(require(ledger.ask({.trip_sequence = 1,
                                      .trip_id = "t-1",
                                      .state = state,
                                      .clear_looks = 0,
                                      .ask_at = wanted,
                                      .next_ask_at = at(600'000),
                                      .record = "{}",
                                      .at = at(30'000)})));
    });
  }
  void say(NewDecision word) {
    DeliveryAttempt attempt;
    attempt.delivery_id = trip("t-1").deliveries.back().id;
    attempt.state = DeliveryState::delivered;
    attempt.at = at(31'000);
    attempt.decision = std::move(word);
    run([&](Ledger& ledger) { require(ledger.record_attempt(attempt)); });
  }
};

TEST_F(LedgerGrantQuestion, IsOneThatNoWordWithoutARevisionIsSurelyAbout) {
  lose_history();
  ask(State::awaiting_price);
  say({DecisionWord::not_captured, "Ann", 0});
  EXPECT_EQ(known(), -1) << "it may be of the history that is lost";
  answer("t-1", {.ledger = "another.1"});
  ask(State::not_granted);
  say({DecisionWord::charge, "Ann", 0});
  EXPECT_EQ(known(), -1);
}

TEST_F(LedgerGrantQuestion, IsNewToAnyEarlierWordOfAPerson) {
  lose_history();
  ask(State::awaiting_price);
  say({DecisionWord::not_captured, "Ann", 1});
  EXPECT_EQ(known(), 0);
  answer("t-1", {.ledger = "another.1"});
  ASSERT_EQ(settlement("t-1").state, State::not_granted);
  EXPECT_EQ(known(), -1) << "two boxes would charge";
  ask(State::not_granted);
  say({DecisionWord::charge, "Ann", 1});
  EXPECT_EQ(known(), -1) << "about the record before";
  say({DecisionWord::charge, "Ann", 2});
  EXPECT_EQ(known(), 0);
}

TEST_F(LedgerGrant, SaysNothingOfATripThatThisBoxDoesNotSettle) {
  append("t-1", std::nullopt);
  answer("t-1", {.ledger = "another.1"});
  EXPECT_FALSE(trip("t-1").settlement);
  append("t-2", std::nullopt);
  answer("t-2", {.settled_elsewhere = true, .record = "{}"});
  EXPECT_EQ(trip("t-2").deliveries.size(), 1U);
}

TEST_F(LedgerGrant, GivesEachDeliveryTheNameOfTheLedgerThatSendsIt) {
  append("t-1");
  auto reader = require(LedgerReader::open(file));
  const auto due = require(reader.due_deliveries(Lane::cloud, at(30'000), wait_max,
                                                 LedgerReader::Order::oldest_first, 10));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(require(reader.delivery(due[0])).ledger, name());
  lose_history();
  EXPECT_EQ(require(reader.delivery(due[0])).ledger, name()) << "as of now, not as of its cart";
}

}  // namespace
}  // namespace gatehouse::store
