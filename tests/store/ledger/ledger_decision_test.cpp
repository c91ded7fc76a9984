// What a ledger keeps of what a person said of a charge.
#include "tests/store/ledger/questions/ledger_question_fixture.hpp"

namespace gatehouse::store {
namespace {

using State = SettlementState;

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

TEST_F(Decisions, WithoutARevisionKnowOfTheFirstCaptureInDoubtAlone) {
  answer({DecisionWord::not_captured, "Ann", 0});
  EXPECT_EQ(waiting().at(0).captures_known, 1);
  settle(DecisionState::carried_out, SettlementChange{.trip_sequence = 1,
                                                      .from = State::capture_unknown,
                                                      .to = State::capture_due,
                                                      .at = at(40'000),
                                                      .next_attempt_at = at(40'000),
                                                      .reason = "says Ann",
                                                      .payment_record = std::nullopt,
                                                      .charge_cleared_up = true});
  move(State::capture_due, State::capture_sent, 42'000);
  move(State::capture_sent, State::capture_unknown, 43'000, 0);
  answer({DecisionWord::not_captured, "Bob", 0});
  EXPECT_EQ(waiting().at(0).captures_known, -1) << "he may have looked before the second";
  EXPECT_EQ(waiting().at(0).revision, 0);
  answer({DecisionWord::not_captured, "Bob", 2});
  EXPECT_EQ(waiting().at(0).captures_known, 2);
  EXPECT_EQ(waiting().at(0).revision, 2);
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
