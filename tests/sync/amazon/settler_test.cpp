#include "sync/amazon/settler.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sync/amazon/settler_fixture.hpp"

namespace gatehouse::sync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(SettlerTest, AdjustsCapturesAndOwesThePaymentRecord) {
  start();
  take_trip("T1");
  ASSERT_TRUE(reaches("T1", State::captured, 1s));
  const auto account = amazon.account("T1");
  EXPECT_EQ(account.authorized, "15.99");
  EXPECT_THAT(account.captures, ElementsAre("15.99"));
  std::vector<State> states;
  for (const auto& entry : box->trip("T1").history) states.push_back(entry.state);
  EXPECT_THAT(states, ElementsAre(State::awaiting_price, State::adjust_due, State::adjust_sent,
                                  State::capture_due, State::capture_sent, State::details_due,
                                  State::captured));
  ASSERT_EQ(box->trip("T1").deliveries.size(), 2U);
  EXPECT_EQ(box->trip("T1").deliveries[1].kind, store::DeliveryKind::payment_record);
}

TEST_F(SettlerTest, HasTheIntentOnDiskBeforeEachCall) {
  start();
  take_trip("T1");
  take_trip("T2", State::cancel_due);
  std::vector<std::string> seen;
  network.set_fates([&](const Request& request) {
    const auto trip_id = simulation::trip_id_in(request.body);
    seen.push_back(fmt::format("{} {}", request.url.substr(request.url.find("/v1")),
                               store::to_text(settlement(trip_id).state)));
    return Fate{};
  });
  ASSERT_TRUE(reaches("T1", State::captured, 1s));
  EXPECT_THAT(seen, testing::UnorderedElementsAre("/v1/adjust/charge adjust_sent",
                                                  "/v1/cancel/charge cancel_sent",
                                                  "/v1/payment/transactional-data capture_due",
                                                  "/v1/capture/charge capture_sent",
                                                  "/v1/payment/transactional-data details_due"));
}

TEST_F(SettlerTest, TellsOfACallThatItsTimeOutDidNotEnd) {
  start();
  first("/v1/adjust/charge", {.replied_after = 10min});
  take_trip("T1");
  ASSERT_FALSE(reaches("T1", State::captured, 2min));
  EXPECT_GE(box->settler().status().longest_wait, 119s);
  EXPECT_GE(box->settler().status().overdue, 119s - amazon_timeout);
  ASSERT_TRUE(reaches("T1", State::captured, 10min));
  EXPECT_TRUE(run(1s, [&] { return box->settler().in_flight() == 0; }));
  EXPECT_FALSE(box->settler().status().longest_wait);
  EXPECT_EQ(box->settler().status().overdue, 0ms);
}

TEST_F(SettlerTest, CancelsAnEmptyCart) {
  start();
  take_trip("T1", State::cancel_due);
  ASSERT_TRUE(reaches("T1", State::cancelled, 1s));
  EXPECT_EQ(amazon.account("T1").cancels, 1);
  EXPECT_TRUE(amazon.account("T1").captures.empty());
  EXPECT_EQ(box->trip("T1").deliveries.size(), 2U);
}

TEST_F(SettlerTest, CapturesNothingThatWasDeclined) {
  start();
  take_trip("T1");
  plans["T1"].declined = true;
  ASSERT_TRUE(reaches("T1", State::declined, 1s));
  EXPECT_TRUE(amazon.account("T1").captures.empty());
  EXPECT_EQ(box->trip("T1").deliveries.size(), 2U);
}

TEST_F(SettlerTest, AsksAgainWhileAdjustIsPending) {
  start();
  take_trip("T1");
  plans["T1"].pending_answers = 6;
  ASSERT_FALSE(reaches("T1", State::captured, 31min)) << "30 s, and twice as long each time";
  ASSERT_TRUE(reaches("T1", State::captured, 1min));
  EXPECT_EQ(amazon.account("T1").adjusts, 7);
}

TEST_F(SettlerTest, HoldsAPartialApproval) {
  start();
  take_trip("T1");
  const std::string_view partly =
      R"({"status":"APPROVED","authorizedAmount":{"amount":10.00,"code":"USD"}})";
  first("/adjust/charge", instead(simulation::answer(200, std::string(partly))));
  ASSERT_TRUE(reaches("T1", State::held, 1s));
  EXPECT_THAT(settlement("T1").reason, HasSubstr("capture-authorised"));
  EXPECT_TRUE(amazon.account("T1").captures.empty());
}

TEST_F(SettlerTest, HoldsAnUnclearCaptureWhereAReconciliationIdProvesNothing) {
  options.jwo.reconciliation_means_captured = false;
  start();
  take_trip("T1");
  first("/capture/charge", {.replied_after = 10s, .reply = simulation::no_answer()});
  ASSERT_TRUE(reaches("T1", State::held));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99")) << "and never a second time";
  EXPECT_THAT(settlement("T1").reason, HasSubstr("whether the shopper was charged"));
}

TEST_F(SettlerTest, AsksBeforeItRepeatsACaptureWithoutAnAnswer) {
  start();
  take_trip("T1");
  first("/capture/charge", {.replied_after = 10s, .reply = simulation::no_answer()});
  ASSERT_TRUE(reaches("T1", State::captured));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
  EXPECT_THAT(settlement("T1").reason, HasSubstr("reconciliationId"));
  EXPECT_EQ(box->trip("T1").deliveries.size(), 3U) << "a cart, a question and a record";
}

TEST_F(SettlerTest, AsksAfterA500ThatCapturedAllTheSame) {
  start();
  take_trip("T1");
  first("/capture/charge", {.reply = simulation::answer(500)});
  ASSERT_TRUE(reaches("T1", State::captured));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
}

TEST_F(SettlerTest, RepeatsTheSameCaptureWhenItIsNotThereAndTheStoreChoseSo) {
  options.jwo.unknown_capture = UnknownCapture::ask_then_repeat;
  start();
  take_trip("T1");
  first("/capture/charge", instead(simulation::no_answer()));
  ASSERT_FALSE(reaches("T1", State::captured, 20min)) << "not before twenty minutes";
  ASSERT_TRUE(reaches("T1", State::captured, 30min));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
}

TEST_F(SettlerTest, LetsASlowCaptureLandBeforeItAsks) {
  start();
  EXPECT_FALSE(run(1min, [] { return false; })) << "the grace after a start is another one";
  take_trip("T1");
  first("/capture/charge",
        {.arrives_after = 29s, .replied_after = 10s, .reply = simulation::no_answer()});
  ASSERT_TRUE(reaches("T1", State::captured));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
}

TEST_F(SettlerTest, LetsTheCaptureOfTheProcessBeforeItLandBeforeItAsks) {
  start();
  take_trip("T1");
  first("/capture/charge", {.arrives_after = 29s, .replied_after = 30s});
  ASSERT_TRUE(reaches("T1", State::capture_sent, 1s));
  box->turn();
  box->crash();
  box->start();
  ASSERT_TRUE(reaches("T1", State::captured));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
}

TEST_F(SettlerTest, RepeatsAtOnceWhatSurelyDidNotHappen) {
  for (const auto& reply :
       {simulation::not_sent(), simulation::answer(429), simulation::answer(403)}) {
    start();
    plans.clear();
    take_trip("T1");
    first("/capture/charge", instead(reply));
    EXPECT_TRUE(reaches("T1", State::captured, 5s)) << reply.status;
    box.reset();
  }
}

TEST_F(SettlerTest, AsksAfterACrashDuringACapture) {
  start();
  take_trip("T1");
  ASSERT_TRUE(reaches("T1", State::capture_sent, 1s));
  box->crash();
  box->start();
  EXPECT_EQ(settlement("T1").state, State::capture_unknown);
  ASSERT_TRUE(reaches("T1", State::captured));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
}

TEST_F(SettlerTest, RepeatsTheAdjustAfterACrash) {
  start();
  take_trip("T1");
  ASSERT_TRUE(reaches("T1", State::adjust_sent, 1s));
  box->crash();
  box->start();
  ASSERT_TRUE(reaches("T1", State::captured));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
}

TEST_F(SettlerTest, GivesAnUnknownTripAFewChancesAndThenHoldsIt) {
  start();
  take_trip("T1");
  plans["T1"].known_to_amazon_after = 5s;
  EXPECT_TRUE(reaches("T1", State::captured));
  take_trip("T2");
  plans["T2"].known_to_amazon_after = 24h;
  ASSERT_TRUE(reaches("T2", State::held, 15min));
  EXPECT_THAT(settlement("T2").reason, HasSubstr("UnknownShoppingTrip"));
}

TEST_F(SettlerTest, HoldsABadRequestWithItsName) {
  start();
  take_trip("T1");
  first("/adjust/charge",
        instead(simulation::answer(400, R"({"errorMsg":"BadRequestException"})")));
  ASSERT_TRUE(reaches("T1", State::held, 1s));
  EXPECT_THAT(settlement("T1").reason, HasSubstr("BadRequestException"));
}

TEST_F(SettlerTest, SendsTheRecordWithoutDetailsWhereAmazonRefusesThem) {
  start();
  take_trip("T1");
  all("/transactional-data",
      instead(simulation::answer(400, R"({"errorMsg":"BadRequestException"})")));
  ASSERT_TRUE(reaches("T1", State::captured, 1s));
  EXPECT_THAT(settlement("T1").reason, HasSubstr("BadRequestException"));
  EXPECT_EQ(box->trip("T1").deliveries.size(), 2U);
}

TEST_F(SettlerTest, TakesNoStrangersAnswerForAmazons) {
  start();
  take_trip("T1");
  network.set_fates([](const Request&) {
    return instead(simulation::answer(200, "<html>Please log in to the hotel's WLAN</html>"));
  });
  EXPECT_FALSE(reaches("T1", State::captured, 1min));
  network.set_fates([](const Request&) { return Fate{}; });
  ASSERT_TRUE(reaches("T1", State::captured));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
}

TEST_F(SettlerTest, WaitsForCredentialsAndSaysWhichToSet) {
  const auto credentials = std::exchange(options.aws, {});
  start();
  take_trip("T1");
  EXPECT_FALSE(reaches("T1", State::captured, 1h));
  EXPECT_EQ(settlement("T1").state, State::adjust_due);
  EXPECT_FALSE(box->settler().status().open);
  EXPECT_THAT(box->settler().status().last_error, HasSubstr("AWS_ACCESS_KEY_ID"));
  box->settler().reload(options.jwo, credentials);
  EXPECT_TRUE(reaches("T1", State::captured, 1s));
}

TEST_F(SettlerTest, HoldsNothingFor403AndSaysWhatItMayBe) {
  start();
  for (int i = 0; i < 10; ++i) take_trip(fmt::format("T{}", i));
  network.set_fates([](const Request&) {
    return instead(simulation::answer(403, R"({"message":"Signature expired: 2025"})"));
  });
  EXPECT_FALSE(reaches("T0", State::captured, 1h));
  EXPECT_EQ(box->counts().held, 0);
  EXPECT_FALSE(box->settler().status().open);
  EXPECT_THAT(box->settler().status().last_error, HasSubstr("clock"));
  network.set_fates([](const Request&) { return Fate{}; });
  EXPECT_TRUE(run(3min, [&] { return box->counts().captured == 10; }));
}

TEST_F(SettlerTest, IsNotHeldUpByTripsThatAreStuck) {
  options.jwo.max_in_flight = 4;
  start();
  for (int i = 0; i < 20; ++i) take_trip(fmt::format("stuck-{}", i));
  for (int i = 0; i < 20; ++i) take_trip(fmt::format("good-{}", i));
  network.set_fates([](const Request& request) {
    const bool stuck = simulation::trip_id_in(request.body).starts_with("stuck");
    return stuck ? instead(simulation::answer(500)) : Fate{};
  });
  EXPECT_TRUE(run(10min, [&] { return box->counts().captured == 20; }));
  EXPECT_LE(network.most_in_flight(), 4U);
}

TEST_F(SettlerTest, CallsNothingWhoseIntentIsNotOnDisk) {
  bool full = true;
  commits = [&] { return full ? Port::CommitFate::fails : Port::CommitFate::succeeds; };
  start();
  take_trip("T1");
  EXPECT_FALSE(reaches("T1", State::adjust_sent, 10min));
  EXPECT_EQ(network.most_in_flight(), 0U);
  full = false;
  EXPECT_TRUE(reaches("T1", State::captured, 40s));
}

TEST_F(SettlerTest, GoesOnWhereACommitOnlySeemedToFail) {
  int asked = 0;
  commits = [&] {
    return asked++ % 2 == 0 ? Port::CommitFate::fails_in_word : Port::CommitFate::succeeds;
  };
  start();
  take_trip("T1");
  ASSERT_TRUE(reaches("T1", State::captured));
  ASSERT_TRUE(run(1min, [&] { return box->settler().in_flight() == 0; }));
  EXPECT_GE(asked, 8) << "adjust, capture, details and their intents, each of them twice";
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
}

TEST_F(SettlerTest, StartsNoCaptureWhileItStops) {
  start();
  take_trip("T1");
  ASSERT_TRUE(reaches("T1", State::adjust_sent, 1s));
  box->turn();
  box->settler().stop();
  ASSERT_TRUE(run(1s, [&] { return box->settler().in_flight() == 0; }));
  EXPECT_EQ(settlement("T1").state, State::capture_due);
  box->crash();
  box->start();
  EXPECT_TRUE(reaches("T1", State::captured, 1s));
}

TEST_F(SettlerTest, LeavesNoDoubtAboutACaptureThatHadNotLeftWhenItStopped) {
  int written = 0;
  commits = [&] {
    if (++written == 3) box->settler().stop();  // while the intent to capture is being written
    return Port::CommitFate::succeeds;
  };
  start();
  take_trip("T1");
  ASSERT_TRUE(reaches("T1", State::capture_due, 5s));
  ASSERT_TRUE(run(1s, [&] { return box->settler().in_flight() == 0; }));
  EXPECT_FALSE(settlement("T1").charge_unclear);
  EXPECT_EQ(settlement("T1").captures_sent, 1);
  EXPECT_EQ(settlement("T1").captures_not_done, 1);
  box->crash();
  box->start();
  EXPECT_TRUE(reaches("T1", State::captured, 5s));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
}

TEST_F(SettlerTest, DoesNothingWhereTheCloudSettles) {
  options.jwo.settlement = SettlementMode::none;
  start();
  take_trip("T1");
  EXPECT_FALSE(reaches("T1", State::adjust_sent, 1h));
  EXPECT_FALSE(box->settler().status().configured);
}

/// What the ledger decides by itself must be what the table says.
TEST_F(SettlerTest, HasALedgerThatAgreesWithTheTable) {
  start();
  take_trip("priced");
  EXPECT_EQ(settlement("priced").state, next(State::awaiting_price, Event::priced).to);
  take_trip("nothing", State::awaiting_price);
  box->price("nothing", Money{0, "USD"});
  EXPECT_EQ(settlement("nothing").state, next(State::awaiting_price, Event::objected).to);
  take_trip("empty", State::cancel_due);
  network.set_fates([](const Request&) { return Fate{.replied_after = 1h}; });
  ASSERT_TRUE(reaches("empty", State::cancel_sent, 1s));
  ASSERT_TRUE(reaches("priced", State::adjust_sent, 1s));
  box->crash();
  box->start();
  EXPECT_EQ(settlement("empty").state, next(State::cancel_sent, Event::restarted).to);
  EXPECT_EQ(settlement("priced").state, next(State::adjust_sent, Event::restarted).to);
}

}  // namespace
}  // namespace gatehouse::sync
