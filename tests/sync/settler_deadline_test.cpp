// What becomes of a charge whose time runs out, and of one that nobody can be sure of.
#include <gmock/gmock.h>

#include "tests/sync/settler_fixture.hpp"

namespace gatehouse::sync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using SettlerDeadline = SettlerTest;

TEST_F(SettlerDeadline, ExpiresATripWhosePriceNeverComesAndTellsTheCloud) {
  start();
  take_trip("T1", State::awaiting_price);
  ASSERT_FALSE(reaches("T1", State::expired, 45h));
  ASSERT_TRUE(reaches("T1", State::expired, 2h));
  EXPECT_THAT(settlement("T1").reason, HasSubstr("for a price"));
  ASSERT_EQ(box->trip("T1").deliveries.size(), 2U);
  EXPECT_EQ(box->trip("T1").deliveries[1].kind, store::DeliveryKind::payment_record);
  EXPECT_EQ(box->counts().expired, 1);
  EXPECT_EQ(box->counts().settlement_open, 0);
}

TEST_F(SettlerDeadline, ExpiresAlsoWhileThereAreNoCredentials) {
  options.aws = {};
  start();
  take_trip("T1");
  take_trip("T2", State::awaiting_price);
  schedule.jump(47h);
  EXPECT_TRUE(reaches("T1", State::expired, 1min));
  EXPECT_TRUE(reaches("T2", State::expired, 1min));
}

TEST_F(SettlerDeadline, FollowsTheConfiguredWindow) {
  options.jwo.charge_window = 2h;
  start();
  take_trip("T1", State::awaiting_price);
  ASSERT_TRUE(reaches("T1", State::expired, 3h));
}

TEST_F(SettlerDeadline, ExpiresWhereAmazonSaysThatTheTokenIsGone) {
  start();
  take_trip("T1");
  first("/adjust/charge",
        instead(simulation::answer(400, R"({"errorMsg":"ShoppingTripExpiredException"})")));
  ASSERT_TRUE(reaches("T1", State::expired, 1s));
  EXPECT_THAT(settlement("T1").reason, HasSubstr("ShoppingTripExpiredException"));
}

TEST_F(SettlerDeadline, HoldsALateTripThatAnEarlierCaptureMayHaveCharged) {
  start();
  take_trip("T1");
  // The capture has its effect and no answer; asking for it fails until it is too late, and then
  // nothing proves the capture.
  first("/capture/charge", {.replied_after = 10s, .reply = simulation::no_answer()});
  ASSERT_TRUE(reaches("T1", State::capture_unknown));
  schedule.jump(47h);
  all("/transactional-data", instead(simulation::answer(200, R"({"brand":"VISA"})")));
  ASSERT_TRUE(reaches("T1", State::held, 30min));
  EXPECT_THAT(settlement("T1").reason, HasSubstr("may have charged"));
  EXPECT_EQ(amazon.account("T1").captures.size(), 1U);
}

TEST_F(SettlerDeadline, HoldsAnUnclearCaptureWhereTheOperatorChoseSo) {
  options.jwo.unknown_capture = UnknownCapture::hold;
  start();
  take_trip("T1");
  first("/capture/charge", {.arrives_after = std::nullopt, .reply = simulation::no_answer()});
  ASSERT_TRUE(reaches("T1", State::held));
  EXPECT_TRUE(amazon.account("T1").captures.empty());
  EXPECT_THAT(settlement("T1").reason, HasSubstr("--not-captured"));
}

TEST_F(SettlerDeadline, TakesAReconciliationIdAsProofAlsoWhereItWouldHold) {
  options.jwo.unknown_capture = UnknownCapture::hold;
  start();
  take_trip("T1");
  first("/capture/charge", {.replied_after = 10s, .reply = simulation::no_answer()});
  ASSERT_TRUE(reaches("T1", State::captured));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
}

TEST_F(SettlerDeadline, ReportsTheStatusOfAPaymentWhereItIsAskedTo) {
  options.jwo.report_payment_status = true;
  start();
  take_trip("T1");
  take_trip("T2");
  plans["T2"].declined = true;
  const auto reported = [this] {
    return amazon.account("T1").reports.size() == 1 && amazon.account("T2").reports.size() == 1;
  };
  ASSERT_TRUE(run(1min, reported));
  EXPECT_THAT(amazon.account("T1").reports[0], HasSubstr(R"("settledAmount":{"amount":15.99,)"));
  EXPECT_THAT(amazon.account("T2").reports[0], HasSubstr(R"("totalAmount":{"amount":15.99,)"));
  EXPECT_THAT(amazon.account("T2").reports[0], HasSubstr(R"("settledAmount":{"amount":0.00,)"));
}

TEST_F(SettlerDeadline, ReportsNothingUnlessItIsAskedTo) {
  start();
  take_trip("T1");
  ASSERT_TRUE(reaches("T1", State::captured));
  ASSERT_FALSE(run(1min, [] { return false; }));
  EXPECT_TRUE(amazon.account("T1").reports.empty());
}

TEST_F(SettlerDeadline, HoldsACaptureInDoubtThatAmazonNoLongerKnowsInsteadOfAskingForEver) {
  start();
  take_trip("T1");
  first("/capture/charge", {.replied_after = 10s, .reply = simulation::no_answer()});
  ASSERT_TRUE(reaches("T1", State::capture_unknown));
  all("/transactional-data",
      instead(simulation::answer(400, R"({"errorMsg":"ShoppingTripExpiredException"})")));
  ASSERT_TRUE(reaches("T1", State::held, 2min));
}

TEST_F(SettlerDeadline, KeepsTheGraceOfACaptureWhenTheWallClockIsSet) {
  start();
  take_trip("T1");
  first("/capture/charge",
        {.arrives_after = 20s, .replied_after = 10s, .reply = simulation::no_answer()});
  ASSERT_TRUE(reaches("T1", State::capture_unknown, 15s));
  schedule.jump(10min);
  ASSERT_TRUE(reaches("T1", State::captured));
  ASSERT_FALSE(run(1min, [] { return false; })) << "whatever is still on its way arrives";
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
}

TEST_F(SettlerDeadline, GoesOnChargingWhileOneCallOfOthersAlwaysFails) {
  start();
  all("/transactional-data", instead(simulation::answer(403, R"({"message":"Forbidden"})")));
  for (int trip = 0; trip < 8; ++trip) take_trip("old-" + std::to_string(trip));
  ASSERT_FALSE(run(20min, [] { return false; }));
  take_trip("new");
  EXPECT_TRUE(run(2h, [this] { return !amazon.account("new").captures.empty(); }));
}

TEST_F(SettlerDeadline, HoldsACheckoutWithoutAnAddressSoThatItKeepsNobodyFromBeingCharged) {
  options.jwo.checkout_url = "";
  start();
  for (int trip = 0; trip < 20; ++trip) {
    const auto id = "checkout-" + std::to_string(trip);
    take_trip(id, State::awaiting_price);
    box->price(id, Money{99, "USD"}, "{}");
  }
  take_trip("T2");
  EXPECT_TRUE(reaches("T2", State::captured, 1min));
  ASSERT_TRUE(reaches("checkout-19", State::held, 1min));
  EXPECT_THAT(settlement("checkout-0").reason, HasSubstr("jwo.checkout_url"));
}

}  // namespace
}  // namespace gatehouse::sync
