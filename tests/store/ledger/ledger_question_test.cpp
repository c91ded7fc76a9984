// What a ledger keeps of charges that wait for a person, and of what that person said.
#include <gtest/gtest.h>

#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

using State = SettlementState;

class OpenQuestions : public testing::Test, public LedgerFixture {
 protected:
  OpenQuestions() {
    append(make_cart("T1"));
    require(ledger->price("T1", {999, "USD"}, at(6'000)));
    attempt(1, DeliveryState::delivered);
  }

  void move(State from, State to, std::int64_t when, std::optional<int> looks = std::nullopt,
            std::optional<std::string> record = std::nullopt) {
    require(ledger->move_settlement({.trip_sequence = 1,
                                     .from = from,
                                     .to = to,
                                     .at = at(when),
                                     .next_attempt_at = at(when),
                                     .reason = "why",
                                     .payment_record = std::move(record),
                                     .clear_looks = looks}));
  }
  void leave_in_doubt() {
    move(State::adjust_due, State::adjust_sent, 7'000);
    move(State::adjust_sent, State::capture_sent, 8'000);
    move(State::capture_sent, State::capture_unknown, 10'000, 0);
  }
  void attempt(std::int64_t id, DeliveryState state, std::optional<NewDecision> decision = {}) {
    require(ledger->record_attempt({.delivery_id = id,
                                    .state = state,
                                    .at = at(20'000),
                                    .next_attempt_at = at(20'000),
                                    .reason = "",
                                    .charge = std::nullopt,
                                    .decision = std::move(decision)}));
  }
  QuestionFacts facts() { return require(reader->questions().facts(1)).value(); }
  std::vector<std::int64_t> due(std::int64_t now) {
    return require(reader->questions().due(at(now), at(now + 3'600'000), 10));
  }
  bool ask(std::int64_t next = 140'000) {
    const auto charge = require(reader->settlement(1)).value();
    const auto known = facts();
    return require(ledger->ask({.trip_sequence = 1,
                                .trip_id = "T1",
                                .state = charge.state,
                                .clear_looks = charge.clear_looks,
                                .ask_at = known.ask_at.value(),
                                .next_ask_at = at(next),
                                .record = R"({"status":"UNCLEAR"})",
                                .at = at(20'000)}));
  }
  std::vector<Delivery> records() {
    auto all = trip("T1").deliveries;
    std::erase_if(all, [](const Delivery& each) { return each.kind == DeliveryKind::cart; });
    return all;
  }
};

TEST_F(OpenQuestions, AreBroughtForwardWhereAClockThatWentBackHasPutThemOff) {
  move(State::adjust_due, State::held, 3'000'000);
  EXPECT_TRUE(due(300'000).empty());
  require(ledger->bring_forward(Ledger::Forward::questions, at(300'000), milliseconds{2'800'000}));
  EXPECT_EQ(facts().ask_at, at(300'000)) << "it was due by then";
  EXPECT_EQ(due(300'000).size(), 1U);
}

TEST_F(OpenQuestions, AreOfAChargeThatIsInDoubtOrHeldAndOfNoOther) {
  EXPECT_EQ(facts().ask_at, std::nullopt);
  leave_in_doubt();
  EXPECT_EQ(facts().ask_at, at(10'000));
  EXPECT_EQ(facts().captures_at, std::vector{at(8'000)});
  EXPECT_EQ(due(9'999), std::vector<std::int64_t>{});
  EXPECT_EQ(due(10'000), std::vector<std::int64_t>{1});
  move(State::capture_unknown, State::captured, 11'000);
  EXPECT_EQ(facts().ask_at, std::nullopt);
  EXPECT_EQ(due(99'000), std::vector<std::int64_t>{});
}

TEST_F(OpenQuestions, HaveARecordThatTheNextOneFollowsOnlyOnceItIsDelivered) {
  leave_in_doubt();
  ASSERT_TRUE(ask());
  EXPECT_FALSE(ask());
  move(State::capture_unknown, State::capture_unknown, 30'000, 1);
  EXPECT_EQ(facts().ask_at, at(30'000));
  EXPECT_EQ(due(99'000), std::vector<std::int64_t>{});
  ASSERT_EQ(records().size(), 1U);
  EXPECT_EQ(records()[0].idempotency_key, "T1:payment");
  const auto first = records()[0].id;
  attempt(first, DeliveryState::delivered);
  EXPECT_EQ(due(99'000), std::vector<std::int64_t>{1});
  ASSERT_TRUE(ask());
  // The one before is gone: what is told of one charge for a year must not grow.
  ASSERT_EQ(records().size(), 1U);
  EXPECT_EQ(records()[0].idempotency_key, "T1:payment:2");
  EXPECT_GT(records()[0].id, first);
  const auto sent = LedgerFixture::due(Lane::cloud, at(99'000));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].payload, R"({"revision":2,"status":"UNCLEAR"})");
}

TEST_F(OpenQuestions, AreAskedAgainAtTheirNextTimeWithoutAnythingNew) {
  leave_in_doubt();
  ASSERT_TRUE(ask(140'000));
  attempt(records()[0].id, DeliveryState::delivered);
  EXPECT_EQ(due(139'999), std::vector<std::int64_t>{});
  EXPECT_EQ(due(140'000), std::vector<std::int64_t>{1});
  EXPECT_EQ(facts().asks, 1);
}

TEST_F(OpenQuestions, AreClosedByTheFinalRecordWhichHasTheNextRevisionAndWaitsForNoneOfThem) {
  leave_in_doubt();
  ASSERT_TRUE(ask());
  move(State::capture_unknown, State::captured, 30'000, std::nullopt, R"({"status":"CAPTURED"})");
  ASSERT_EQ(records().size(), 2U);
  EXPECT_EQ(records()[1].idempotency_key, "T1:payment:2");
  auto sent = LedgerFixture::due(Lane::cloud, at(99'000));
  ASSERT_EQ(sent.size(), 2U) << "a cloud may refuse every question, and needs the end all the same";
  EXPECT_EQ(sent[0].payload, R"({"revision":1,"status":"UNCLEAR"})");
  EXPECT_EQ(sent[1].payload, R"({"revision":2,"status":"CAPTURED"})");
  attempt(sent[1].id, DeliveryState::delivered);
  sent = LedgerFixture::due(Lane::cloud, at(99'000));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].payload, R"({"revision":1,"status":"UNCLEAR"})");
}

TEST_F(OpenQuestions, AreOfAnEmptyCartThatAFullOneFollowed) {
  auto empty = make_cart("T2", "{}");
  empty.purchase_id.clear();
  empty.first_settlement = State::cancel_due;
  append(empty);
  EXPECT_EQ(due(99'000), std::vector<std::int64_t>{});
  auto full = make_cart("T2");
  full.received_at = at(7'000);
  append(full);
  ASSERT_EQ(trip("T2").settlement->state, State::held);
  EXPECT_EQ(due(7'000), std::vector<std::int64_t>{2});
}

TEST_F(OpenQuestions, OfAChargeThatHasMovedOnSinceItWasReadAreNotAsked) {
  leave_in_doubt();
  const auto read_at = facts().ask_at.value();
  const auto ask_as_read = [&] {
    return require(ledger->ask({.trip_sequence = 1,
                                .trip_id = "T1",
                                .state = State::capture_unknown,
                                .clear_looks = 0,
                                .ask_at = read_at,
                                .next_ask_at = at(140'000),
                                .record = "{}",
                                .at = at(20'000)}));
  };
  move(State::capture_unknown, State::capture_unknown, 15'000, 1);
  EXPECT_FALSE(ask_as_read());
  EXPECT_TRUE(records().empty());
}

TEST_F(OpenQuestions, HaveARecordThatMayBeSetAsideAndTakesItsPlaceAgainWhenItIsRetried) {
  leave_in_doubt();
  ASSERT_TRUE(ask());
  const auto id = records()[0].id;
  attempt(id, DeliveryState::set_aside);
  EXPECT_FALSE(facts().record_waits);
  EXPECT_TRUE(require(ledger->retry(id, at(21'000))));
  EXPECT_TRUE(facts().record_waits);
}

TEST_F(OpenQuestions, AreOfAChargeThatIsOverdueOnceThatWasNoted) {
  auto& questions = reader->questions();
  EXPECT_EQ(require(questions.next_to_be_overdue()), at(1'000));
  EXPECT_EQ(require(questions.overdue(at(1'000), 10)), std::vector<std::int64_t>{});
  EXPECT_EQ(require(questions.overdue(at(1'001), 10)), std::vector<std::int64_t>{1});
  require(ledger->note_overdue(1, at(50'000)));
  EXPECT_EQ(require(questions.overdue(at(1'001), 10)), std::vector<std::int64_t>{});
  EXPECT_EQ(facts().ask_at, at(50'000));
  // A clock that leapt: it is not overdue after all, and can become so later.
  require(ledger->drop_question(1, State::adjust_due, at(50'000)));
  EXPECT_EQ(facts().ask_at, std::nullopt);
  EXPECT_EQ(require(questions.overdue(at(1'001), 10)), std::vector<std::int64_t>{1});
}

TEST_F(OpenQuestions, AreOfAPriceThatCannotBeUsedUntilAnotherComes) {
  append(make_cart("T2"));
  require(ledger->record_attempt({.delivery_id = 2,
                                  .state = DeliveryState::delivered,
                                  .at = at(20'000),
                                  .next_attempt_at = at(20'000),
                                  .reason = "its price cannot be used",
                                  .charge = std::nullopt}));
  EXPECT_EQ(due(20'000), std::vector<std::int64_t>{2});
  require(ledger->price("T2", {500, "USD"}, at(21'000)));
  EXPECT_EQ(due(99'000), std::vector<std::int64_t>{});
}

TEST_F(OpenQuestions, KeepWhatALookShowed) {
  leave_in_doubt();
  const LookFacts look{at(130'000), "12345678", "", "TXN9"};
  require(ledger->move_settlement({.trip_sequence = 1,
                                   .from = State::capture_unknown,
                                   .to = State::held,
                                   .at = at(130'000),
                                   .next_attempt_at = at(130'000),
                                   .reason = "why",
                                   .payment_record = std::nullopt,
                                   .clear_looks = 1,
                                   .look = look}));
  EXPECT_EQ(facts().look, look);
}

class Decisions : public OpenQuestions {
 protected:
  Decisions() {
    leave_in_doubt();
    EXPECT_TRUE(ask());
  }
  std::vector<Decision> waiting() { return require(reader->questions().pending_decisions(0, 10)); }
  void answer(NewDecision decision) {
    if (records().back().state == DeliveryState::delivered) {
      EXPECT_TRUE(ask());
    }
    attempt(records().back().id, DeliveryState::delivered, std::move(decision));
  }
  void settle(DecisionState state, std::optional<SettlementChange> change = {},
              std::string history = "") {
    Decision decision = waiting().at(0);
    decision.state = state;
    decision.reason = history;
    require(ledger->settle_decision(
        {.decision = decision, .change = std::move(change), .history = history, .at = at(40'000)}));
  }
};

TEST_F(Decisions, ThatAnAnswerBringsWaitToBeCarriedOut) {
  answer({DecisionWord::captured, "Ann", 0});
  ASSERT_EQ(waiting().size(), 1U);
  EXPECT_EQ(waiting()[0].by, "Ann");
  settle(DecisionState::carried_out, SettlementChange{.trip_sequence = 1,
                                                      .from = State::capture_unknown,
                                                      .to = State::details_due,
                                                      .at = at(40'000),
                                                      .next_attempt_at = at(40'000),
                                                      .reason = "says Ann",
                                                      .payment_record = std::nullopt,
                                                      .charge_cleared_up = true});
  EXPECT_TRUE(waiting().empty());
  EXPECT_EQ(trip("T1").settlement->state, State::details_due);
  EXPECT_EQ(trip("T1").decision->state, DecisionState::carried_out);
  EXPECT_EQ(facts().ask_at, std::nullopt);
}

TEST_F(Decisions, ThatAreTheSameWordAgainAreNoneUnlessTheyNameALaterRevision) {
  answer({DecisionWord::not_captured, "Ann", 0});
  settle(DecisionState::carried_out);
  move(State::capture_unknown, State::capture_unknown, 41'000, 1);
  answer({DecisionWord::not_captured, "Ann", 0});
  EXPECT_TRUE(waiting().empty());
  move(State::capture_unknown, State::capture_unknown, 42'000, 2);
  answer({DecisionWord::not_captured, "Ann", 3});
  EXPECT_EQ(waiting().size(), 1U);
  settle(DecisionState::carried_out);
  move(State::capture_unknown, State::capture_unknown, 43'000, 3);
  answer({DecisionWord::not_captured, "Ann", 3});
  EXPECT_TRUE(waiting().empty());
  move(State::capture_unknown, State::capture_unknown, 44'000, 4);
  answer({DecisionWord::captured, "Ann", 0});
  EXPECT_EQ(waiting().size(), 1U);
}

TEST_F(Decisions, AreNotReplacedByAWordAboutAnEarlierRevision) {
  answer({DecisionWord::captured, "Ann", 3});
  move(State::capture_unknown, State::capture_unknown, 41'000, 1);
  answer({DecisionWord::not_captured, "Bob", 2});
  ASSERT_EQ(waiting().size(), 1U);
  EXPECT_EQ(waiting()[0].word, DecisionWord::captured);
  move(State::capture_unknown, State::capture_unknown, 42'000, 2);
  answer({DecisionWord::written_off, "Bob", 3});
  EXPECT_EQ(waiting()[0].word, DecisionWord::written_off) << "about the same one";
}

TEST_F(Decisions, ThatAreRefusedStandInTheHistoryAndAreToldAtOnce) {
  answer({DecisionWord::charge, "Ann", 0});
  settle(DecisionState::refused, std::nullopt, "refused: it is in doubt");
  const auto view = trip("T1");
  EXPECT_EQ(view.history.back().reason, "refused: it is in doubt");
  EXPECT_EQ(view.history.back().state, State::capture_unknown);
  EXPECT_EQ(view.decision->state, DecisionState::refused);
  EXPECT_EQ(facts().ask_at, at(40'000));
  const auto counts = require(reader->counts(at(39'000)));
  EXPECT_EQ(counts.decisions_refused, 1);
  EXPECT_EQ(counts.last_decision_refused_trip, "T1");
}

TEST_F(Decisions, AreRefusedAlikeInTheHistoryOnceHoweverOftenTheWordComes) {
  answer({DecisionWord::charge, "Ann", 1});
  settle(DecisionState::refused, std::nullopt, "refused: it is in doubt");
  const auto entries = trip("T1").history.size();
  ASSERT_TRUE(ask(9'000'000));
  attempt(records().back().id, DeliveryState::delivered,
          NewDecision{DecisionWord::charge, "Ann", 2});
  ASSERT_EQ(waiting().size(), 1U);
  settle(DecisionState::refused, std::nullopt, "refused: it is in doubt");
  EXPECT_EQ(trip("T1").history.size(), entries);
  EXPECT_EQ(facts().ask_at, at(9'000'000)) << "at its next turn, not at once";
  ASSERT_TRUE(ask(9'000'000));
  attempt(records().back().id, DeliveryState::delivered,
          NewDecision{DecisionWord::charge, "Bob", 3});
  settle(DecisionState::refused, std::nullopt, "refused: it is in doubt, Bob");
  EXPECT_EQ(trip("T1").history.size(), entries + 1);
  EXPECT_EQ(facts().ask_at, at(40'000));
}

TEST_F(Decisions, KnowTheCapturesThatTheirRecordToldOf) {
  answer({DecisionWord::not_captured, "Ann", 0});
  EXPECT_EQ(waiting().at(0).captures_known, 1);
  ASSERT_TRUE(ask());
  move(State::capture_unknown, State::capture_due, 41'000);
  move(State::capture_due, State::capture_sent, 42'000);
  move(State::capture_sent, State::capture_unknown, 43'000, 0);
  // Revision 2 told of the first one alone; 3 tells of both, which the answer is not about.
  attempt(records().back().id, DeliveryState::delivered,
          NewDecision{DecisionWord::not_captured, "Bob", 0});
  EXPECT_EQ(waiting().at(0).captures_known, 1);
  ASSERT_TRUE(ask());
  attempt(records().back().id, DeliveryState::delivered,
          NewDecision{DecisionWord::not_captured, "Eve", 2});
  EXPECT_EQ(waiting().at(0).captures_known, -1);
  ASSERT_TRUE(ask());
  attempt(records().back().id, DeliveryState::delivered,
          NewDecision{DecisionWord::not_captured, "Eve", 3});
  EXPECT_EQ(waiting().at(0).captures_known, 2);
  ASSERT_TRUE(ask());
  attempt(records().back().id, DeliveryState::delivered,
          NewDecision{DecisionWord::not_captured, "Eve", 99});
  EXPECT_EQ(waiting().at(0).captures_known, -1) << "no record of this ledger";
}

TEST_F(Decisions, KnowNothingOfADoubtThatCameUpAfterTheirRecord) {
  append(make_cart("T2"));
  require(ledger->price("T2", {500, "USD"}, at(20'000)));
  require(ledger->note_gap({GapKind::behind, at(20'000), ledger->mark(), 1}));
  const auto ask_of = [&](State state, std::int64_t now) {
    const auto wanted = require(reader->questions().facts(2)).value().ask_at.value();
    return require(ledger->ask({.trip_sequence = 2,
                                .trip_id = "T2",
                                .state = state,
                                .clear_looks = 0,
                                .ask_at = wanted,
                                .next_ask_at = at(now + 600'000),
                                .record = "{}",
                                .at = at(now)}));
  };
  const auto say = [&](std::int64_t revision) {
    attempt(trip("T2").deliveries.back().id, DeliveryState::delivered,
            NewDecision{DecisionWord::not_captured, revision == 1 ? "Ann" : "Bob", revision});
    return require(reader->questions().decision(2)).value().captures_known;
  };
  ASSERT_TRUE(ask_of(State::adjust_due, 30'000));
  EXPECT_EQ(say(1), 0);
  // Another ledger charges it, and a look shows that.
  require(ledger->move_settlement({.trip_sequence = 2,
                                   .from = State::adjust_due,
                                   .to = State::held,
                                   .at = at(40'000),
                                   .next_attempt_at = at(40'000),
                                   .reason = "a look shows a charge",
                                   .payment_record = std::nullopt,
                                   .charge_unclear = true,
                                   .reconciliation_before = "7"}));
  EXPECT_EQ(require(reader->questions().decision(2)).value().captures_known, -1)
      << "it was not carried out";
  ASSERT_TRUE(ask_of(State::held, 50'000));
  EXPECT_EQ(say(2), 0) << "the record of just that";
}

}  // namespace
}  // namespace gatehouse::store
