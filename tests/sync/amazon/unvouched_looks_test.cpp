// jwo.unvouched = "ask": charges of a ledger that lacks history are made after two looks that show
// nothing. Amazon charges at each call here, so whatever is captured twice is found out.
#include "sync/amazon/unvouched_looks.hpp"

#include <gmock/gmock.h>

#include "tests/sync/amazon/settler_fixture.hpp"

namespace gatehouse::sync {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

TEST(AfterLook, ChargesAfterTwoClearLooksOfWhichTheSecondIsTwentyMinutesAfterTheCart) {
  constexpr milliseconds minute = 1min;
  EXPECT_EQ(after_look({.clear = 1, .since_cart = 24h}, minute), AfterLook::again);
  EXPECT_EQ(after_look({.clear = 2, .since_cart = 20min - 1ms}, minute), AfterLook::again);
  EXPECT_EQ(after_look({.clear = 2, .since_cart = 20min}, minute), AfterLook::charge);
  EXPECT_EQ(until_next_look({.clear = 1, .since_cart = 3min}, minute), 17min);
  EXPECT_EQ(until_next_look({.clear = 1, .since_cart = 3h}, minute), 2min);
}

constexpr auto* shows_an_id = R"({"brand":"VISA","reconciliationId":"ABC"})";

class Unvouched : public SettlerTest {
 protected:
  Unvouched() { options.jwo.unvouched = UnvouchedRule::ask; }

  /// A priced trip in a ledger that lacks history: perhaps it was charged before.
  void withhold(const std::string& trip_id = "T1") {
    take_trip(trip_id, State::awaiting_price);
    {
      auto ledger = store::Ledger::open(box->ledger_file());
      ASSERT_TRUE(ledger && ledger->begin());
      ASSERT_TRUE(ledger->note_gap({store::GapKind::behind, schedule.wall(), {"a", 1, 9}, 1}));
      ASSERT_TRUE(ledger->commit());
    }
    box->price(trip_id, Money{1599, "USD"});
    ASSERT_TRUE(settlement(trip_id).withheld);
  }
  bool pass(milliseconds time) {
    return !run(time, [] { return false; });
  }
  std::size_t captures() { return amazon.account("T1").captures.size(); }
};

TEST_F(Unvouched, IsChargedOnceAfterTwoLooksThatShowNoCharge) {
  start();
  withhold();
  EXPECT_TRUE(pass(19min));
  EXPECT_EQ(amazon.account("T1").details, 1);
  EXPECT_EQ(captures(), 0U);
  EXPECT_TRUE(reaches("T1", State::captured, 5min));
  EXPECT_EQ(captures(), 1U);
  EXPECT_FALSE(settlement("T1").withheld);
  const auto history = box->trip("T1").history;
  EXPECT_TRUE(std::ranges::any_of(history, [](const store::HistoryEntry& entry) {
    return entry.reason.find("two queries for transactional data showed no charge") !=
           std::string::npos;
  }));
}

TEST_F(Unvouched, IsLeftAloneWhereNothingElseIsSaid) {
  options.jwo.unvouched = UnvouchedRule::hold;
  start();
  withhold();
  EXPECT_TRUE(pass(48h));
  EXPECT_EQ(amazon.account("T1").details, 0);
  EXPECT_EQ(captures(), 0U);
  EXPECT_EQ(settlement("T1").state, State::adjust_due);
}

TEST_F(Unvouched, IsHeldWhereALookShowsThatItMayHaveBeenCharged) {
  start();
  withhold();
  all("/payment/transactional-data",
      {.reply = simulation::answer(200, R"({"brand":"VISA","reconciliationId":"ABC"})")});
  EXPECT_TRUE(reaches("T1", State::held, 5min));
  EXPECT_THAT(settlement("T1").reason, HasSubstr("may have been charged before"));
  EXPECT_TRUE(settlement("T1").withheld);
  network.set_fates([](const Request&) { return Fate{}; });
  EXPECT_TRUE(pass(3h));
  EXPECT_EQ(captures(), 0U);
  box->act("T1", OperatorAction::release_not_captured);
  EXPECT_TRUE(reaches("T1", State::captured, 5min));
  EXPECT_EQ(captures(), 1U);
}

TEST_F(Unvouched, IsInDoubtAfterSuchALookWhoeverVouchesForTheTripLater) {
  start();
  withhold();
  all("/payment/transactional-data", {.reply = simulation::answer(200, shows_an_id)});
  EXPECT_TRUE(reaches("T1", State::held, 5min));
  box->accept_gaps();
  EXPECT_FALSE(settlement("T1").withheld);
  EXPECT_TRUE(settlement("T1").charge_unclear);
  EXPECT_FALSE(decide(settlement("T1"), OperatorAction::release));
  EXPECT_FALSE(decide(settlement("T1"), OperatorAction::cancel));
  EXPECT_TRUE(pass(3h));
  EXPECT_EQ(captures(), 0U);
  box->act("T1", OperatorAction::release_not_captured);
  EXPECT_EQ(settlement("T1").state, State::adjust_due);
  EXPECT_TRUE(run(5min, [&] { return captures() == 1; })) << "that id, the person has denied";
  EXPECT_EQ(box->counts().evidence_unsound, 0);
}

TEST_F(Unvouched, IsHeldInDoubtWhereAnIdComesAfterTwoClearLooks) {
  start();
  withhold();
  EXPECT_TRUE(run(30min, [&] { return !settlement("T1").withheld; }));
  all("/payment/transactional-data", {.reply = simulation::answer(200, shows_an_id)});
  EXPECT_TRUE(reaches("T1", State::held, 5min));
  EXPECT_TRUE(settlement("T1").charge_unclear);
  EXPECT_TRUE(pass(3h));
  EXPECT_EQ(captures(), 0U);
  EXPECT_EQ(box->counts().evidence_unsound, 0);
}

TEST_F(Unvouched, IsHeldInDoubtWhereAnIdComesAfterAPersonLetItGo) {
  start();
  withhold();
  all("/payment/transactional-data", {.reply = simulation::answer(200, shows_an_id)});
  box->accept_gaps();
  EXPECT_TRUE(reaches("T1", State::held, 5min));
  EXPECT_TRUE(settlement("T1").charge_unclear);
  EXPECT_EQ(captures(), 0U);
  EXPECT_EQ(box->counts().evidence_unsound, 0);
  box->act("T1", OperatorAction::release_not_captured);
  EXPECT_TRUE(run(5min, [&] { return captures() == 1; }));
}

TEST_F(Unvouched, IsNotChargedByAnErrorHoweverOftenItComes) {
  for (const Reply& error :
       {simulation::answer(500), simulation::answer(200, R"({"errorMsg":"X"})"),
        simulation::answer(200, "<html>"), simulation::answer(200, "[]"), simulation::answer(403),
        simulation::answer(400, R"({"errorMsg":"UnknownShoppingTrip"})"), simulation::answer(429),
        simulation::answer(204), simulation::no_answer(), simulation::not_sent()}) {
    SCOPED_TRACE(error.status);
    start();
    withhold();
    all("/payment/transactional-data", {.reply = error});
    EXPECT_TRUE(pass(6h));
    EXPECT_EQ(captures(), 0U);
    EXPECT_TRUE(settlement("T1").withheld);
    network.set_fates([](const Request&) { return Fate{}; });
    EXPECT_TRUE(reaches("T1", State::captured, 3h)) << "it is asked about again";
    EXPECT_EQ(captures(), 1U);
    box.reset();
    amazon.forget();
  }
}

TEST_F(Unvouched, IsNotChargedWhereTheEvidenceIsNotBelieved) {
  options.jwo.reconciliation_means_captured = false;
  start();
  withhold();
  EXPECT_TRUE(pass(3h));
  EXPECT_EQ(amazon.account("T1").details, 0);
  EXPECT_EQ(captures(), 0U);
}

TEST_F(Unvouched, IsNotChargedOnceTheEvidenceHasProvedUnsound) {
  start();
  withhold();
  EXPECT_TRUE(pass(10min));
  take_trip("T2", State::awaiting_price);
  {
    store::SettlementChange unsound;
    unsound.trip_sequence = 2;
    unsound.to = State::held;
    unsound.at = unsound.next_attempt_at = schedule.wall();
    unsound.evidence_unsound = true;
    auto ledger = store::Ledger::open(box->ledger_file());
    ASSERT_TRUE(ledger && ledger->begin() && ledger->move_settlement(unsound));
    ASSERT_TRUE(ledger->commit());
  }
  EXPECT_TRUE(pass(3h));
  EXPECT_EQ(amazon.account("T1").details, 1);
  EXPECT_EQ(captures(), 0U);
}

TEST_F(Unvouched, BeginsAnewAfterARestart) {
  start();
  withhold();
  EXPECT_TRUE(pass(19min));
  box->crash();
  box->start();
  EXPECT_TRUE(pass(19min));
  EXPECT_EQ(captures(), 0U) << "what was seen before is not known any more";
  EXPECT_TRUE(reaches("T1", State::captured, 5min));
}

TEST_F(Unvouched, IsChargedOnceWhereAPersonAcceptsMeanwhile) {
  start();
  withhold();
  EXPECT_TRUE(pass(10min));
  {
    auto ledger = store::Ledger::open(box->ledger_file());
    ASSERT_TRUE(ledger && ledger->begin() && ledger->accept_gaps(schedule.wall(), 100));
    ASSERT_TRUE(ledger->commit());
  }
  EXPECT_TRUE(pass(3h));
  EXPECT_EQ(settlement("T1").state, State::captured);
  EXPECT_EQ(captures(), 1U);
}

TEST_F(Unvouched, MakesRoomForOthersWhereManyAreRefused) {
  start();
  const auto many = UnvouchedLooks::asked_max + 50;
  for (std::size_t i = 0; i < many; ++i) take_trip("R" + std::to_string(i), State::awaiting_price);
  withhold("T1");
  for (std::size_t i = 0; i < many; ++i) box->price("R" + std::to_string(i), Money{1599, "USD"});
  network.set_fates([](const Request& request) {
    const bool other = request.body.find("\"T1\"") == std::string::npos;
    return other ? instead(simulation::answer(400, R"({"errorMsg":"UnknownShoppingTrip"})"))
                 : Fate{};
  });
  EXPECT_TRUE(reaches("T1", State::captured, 24h));
}

}  // namespace
}  // namespace gatehouse::sync
