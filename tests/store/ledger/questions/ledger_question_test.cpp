// What a ledger keeps of charges that wait for a person.
#include "tests/store/ledger/questions/ledger_question_fixture.hpp"

namespace gatehouse::store {
namespace {

using State = SettlementState;

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

}  // namespace
}  // namespace gatehouse::store
