// What becomes of a charge whose time runs out.
#include <gmock/gmock.h>

#include "tests/sync/amazon/settler_fixture.hpp"

namespace gatehouse::sync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

using SettlerDeadline = SettlerTest;

TEST_F(SettlerDeadline, ChargesATripThatBeganLongerAgoThanTheWindow) {
  start();
  take_trip("T1", State::awaiting_price);
  schedule.jump(47h);
  box->price("T1", Money{1599, "USD"});
  ASSERT_TRUE(reaches("T1", State::captured, 2s));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
}

TEST_F(SettlerDeadline, WaitsForAPriceForAsLongAsItTakes) {
  start();
  take_trip("T1", State::awaiting_price);
  ASSERT_FALSE(reaches("T1", State::expired, 24h * 10));
  EXPECT_EQ(box->counts().settlement_open, 1);
  box->price("T1", Money{1599, "USD"});
  EXPECT_TRUE(reaches("T1", State::captured, 2s));
}

TEST_F(SettlerDeadline, ExpiresNothingWhenTheClockLeapsToAndFro) {
  options.jwo.charge_window = 1h;
  start();
  take_trip("priced", State::awaiting_price);
  take_trip("unpriced", State::awaiting_price);
  take_trip("empty", State::cancel_due);
  const auto line_down = instead(simulation::not_sent());
  network.set_fates([line_down](const Request&) { return line_down; });
  box->price("priced", Money{1599, "USD"});
  for (const milliseconds leap : {2 * 24h, 24h * -2, 24h * 3650, 24h * -3650}) {
    schedule.jump(leap);
    ASSERT_FALSE(run(2s, [this] { return box->counts().settlement_open < 3; }));
    schedule.jump(-leap);
    ASSERT_FALSE(run(2min, [this] { return box->counts().settlement_open < 3; }));
  }
  EXPECT_EQ(box->counts().expired, 0);
  EXPECT_TRUE(amazon.account("priced").captures.empty());
  network.set_fates([](const Request&) { return Fate{}; });
  EXPECT_TRUE(reaches("priced", State::captured, 30min));
  EXPECT_TRUE(reaches("empty", State::cancelled, 30min));
}

TEST_F(SettlerDeadline, LetsNoClockTakeTheDetailsFromARecord) {
  start();
  take_trip("T1");
  all("/transactional-data", instead(simulation::answer(500)));
  ASSERT_TRUE(reaches("T1", State::details_due));
  schedule.jump(24h * 30);
  ASSERT_FALSE(reaches("T1", State::captured, 2s));
  ASSERT_TRUE(reaches("T1", State::captured, 3h)) << "it was asked for often enough";
}

TEST_F(SettlerDeadline, ReopensWhatAmazonLetExpireAndTellsTheCloudAgain) {
  options.jwo.report_payment_status = true;
  start();
  take_trip("T1");
  first("/adjust/charge",
        instead(simulation::answer(400, R"({"errorMsg":"ShoppingTripExpiredException"})")));
  ASSERT_TRUE(reaches("T1", State::expired, 1s));
  ASSERT_TRUE(run(1min, [this] { return amazon.account("T1").reports.size() == 1; }));
  EXPECT_THAT(amazon.account("T1").reports[0], HasSubstr(R"("settledAmount":{"amount":0.00,)"));
  box->act("T1", OperatorAction::release);
  ASSERT_TRUE(reaches("T1", State::captured));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
  ASSERT_TRUE(run(1min, [this] { return amazon.account("T1").reports.size() == 2; }));
  EXPECT_THAT(amazon.account("T1").reports[1], HasSubstr(R"("settledAmount":{"amount":15.99,)"));
  std::vector<std::string> keys;
  for (const auto& delivery : box->trip("T1").deliveries) keys.push_back(delivery.idempotency_key);
  EXPECT_THAT(
      keys, ElementsAre("T1:cart", MatchesRegex("T1:payment:[0-9a-f]{8}[.]1"), "T1:payment-status",
                        MatchesRegex("T1:payment:[0-9a-f]{8}[.]1:2"), "T1:payment-status:2"));
}

TEST_F(SettlerDeadline, KeepsNobodyWaitingBehindATripThatAmazonNeverAnswersClearly) {
  options.jwo.max_in_flight = 2;
  start();
  for (int trip = 0; trip < 8; ++trip) take_trip("dead-" + std::to_string(trip));
  network.set_fates([](const Request& request) {
    const bool dead = simulation::trip_id_in(request.body).starts_with("dead");
    return dead ? instead(simulation::answer(500)) : Fate{};
  });
  schedule.jump(24h * 3);
  ASSERT_FALSE(run(6h, [] { return false; }));
  take_trip("new");
  EXPECT_TRUE(reaches("new", State::captured, 40min));
  EXPECT_EQ(box->counts().expired, 0);
}

TEST_F(SettlerDeadline, ExpiresWhereAmazonSaysThatTheTokenIsGone) {
  start();
  take_trip("T1");
  first("/adjust/charge",
        instead(simulation::answer(400, R"({"errorMsg":"ShoppingTripExpiredException"})")));
  ASSERT_TRUE(reaches("T1", State::expired, 1s));
  EXPECT_THAT(settlement("T1").reason, HasSubstr("ShoppingTripExpiredException"));
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
