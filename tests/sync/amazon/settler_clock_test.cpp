// A box whose clock is wrong: what fails for that is not done, and counts for nothing.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sync/amazon/settler_fixture.hpp"

namespace gatehouse::sync {
namespace {

using testing::HasSubstr;

/// As API Gateway's own errors of the time: 403; other front ends of AWS answer 400.
Fate wrong_time(int status) {
  return {.arrives_after = std::nullopt,
          .reply = simulation::answer(
              status, R"({"message":"Signature expired: 1 is now earlier than 2"})")};
}

Fate wrong_dates() {
  auto reply = simulation::not_sent();
  reply.certificate_dates = true;
  return {.arrives_after = std::nullopt, .reply = reply};
}

class SettlerClockTest : public SettlerTest, public testing::WithParamInterface<int> {
 protected:
  static Fate fate() { return GetParam() == 0 ? wrong_dates() : wrong_time(GetParam()); }
};

TEST_P(SettlerClockTest, HoldsNoChargeAndCountsNoAttemptWhileTheClockIsWrong) {
  start();
  for (const auto* path : {"/v1/adjust/charge", "/v1/capture/charge", "/v1/cancel/charge"}) {
    const bool cancel = std::string_view(path).contains("cancel");
    const std::string trip =
        cancel ? "T-cancel" : fmt::format("T{}", std::string_view(path).size());
    all(path, fate());
    take_trip(trip, cancel ? State::cancel_due : State::adjust_due);
    EXPECT_FALSE(reaches(trip, cancel ? State::cancelled : State::captured, 15min));
    const auto waiting = settlement(trip);
    EXPECT_NE(waiting.state, State::held) << waiting.reason;
    EXPECT_EQ(waiting.attempts, 0) << path;
    EXPECT_FALSE(waiting.charge_unclear);
    EXPECT_EQ(waiting.captures_sent, waiting.captures_not_done) << path;
    all("/none", {});
    EXPECT_TRUE(reaches(trip, cancel ? State::cancelled : State::captured)) << path;
    EXPECT_EQ(amazon.account(trip).captures.size(), cancel ? 0U : 1U);
  }
}

TEST_P(SettlerClockTest, WaitsForTheDetailsOfACaptureAsLongAsTheClockIsWrong) {
  start();
  all("/v1/payment/transactional-data", fate());
  take_trip("T");
  ASSERT_TRUE(reaches("T", State::details_due));
  EXPECT_FALSE(reaches("T", State::captured, 30min));
  schedule.jump(80h);
  EXPECT_FALSE(reaches("T", State::captured, 30min)) << "its record would go without them";
  EXPECT_EQ(settlement("T").attempts, 0);
  all("/none", {});
  EXPECT_TRUE(reaches("T", State::captured));
}

INSTANTIATE_TEST_SUITE_P(AllForms, SettlerClockTest, testing::Values(0, 400, 401, 403));

TEST_P(SettlerClockTest, SetsNoRefundAsideWhileTheClockIsWrong) {
  start();
  take_trip("T");
  ASSERT_TRUE(reaches("T", State::captured));
  all("/v1/refund", fate());
  ASSERT_EQ(box->refund({.trip_id = "T",
                         .request_id = "11111111-1111-4111-8111-111111111111",
                         .amount = {500, "USD"},
                         .payload = "{}",
                         .at = schedule.wall()}),
            store::RefundOutcome::recorded);
  const auto refund = [&] { return box->trip("T").deliveries.back(); };
  EXPECT_FALSE(run(3h, [&] { return refund().state != store::DeliveryState::pending; }));
  EXPECT_EQ(refund().attempts, 0);
  EXPECT_THAT(refund().reason, HasSubstr("Amazon"));
}

class SettlerClockStepTest : public SettlerTest {
 protected:
  SettlerClockStepTest() { options.watches_clock = true; }
};

TEST_F(SettlerClockStepTest, PutsOffNothingWhenAClockThatWasAheadIsSetRight) {
  start();
  all("/v1/adjust/charge", instead(simulation::answer(200, R"({"status":"PENDING"})")));
  take_trip("T");
  schedule.jump(2h);
  // The fourth is due 2 minutes after the third, by a clock that is 2 hours ahead.
  ASSERT_TRUE(run(10min, [&] { return settlement("T").adjusts_sent == 3; }));
  ASSERT_TRUE(run(1min, [&] { return settlement("T").state == State::adjust_due; }));
  schedule.jump(-2h);
  all("/none", {});
  EXPECT_FALSE(reaches("T", State::captured, 90s)) << "it waits as long as it would have";
  EXPECT_TRUE(reaches("T", State::captured, 4min));
}

TEST_F(SettlerClockStepTest, PutsOffNothingWhereTheClockStandsBelowTheLastWriteAtAStart) {
  start();
  all("/v1/adjust/charge", instead(simulation::answer(200, R"({"status":"PENDING"})")));
  take_trip("T");
  schedule.jump(2h);
  ASSERT_TRUE(run(10min, [&] { return settlement("T").adjusts_sent == 3; }));
  ASSERT_TRUE(run(1min, [&] { return settlement("T").state == State::adjust_due; }));
  box->crash();
  schedule.jump(-2h);
  box->start();
  all("/none", {});
  EXPECT_TRUE(reaches("T", State::captured, 5min));
}

TEST_F(SettlerClockStepTest, AsksNoMoreOftenForAClockThatGoesToAndFro) {
  start();
  all("/v1/adjust/charge", instead(simulation::answer(200, R"({"status":"PENDING"})")));
  take_trip("T");
  for (int i = 0; i < 30; ++i) {
    (void)run(30s, [] { return false; });
    schedule.jump(i % 2 == 0 ? milliseconds{-2h} : milliseconds{2h});
  }
  // 30 s, 1, 2, 4 and 8 min apart: six in a quarter of an hour.
  EXPECT_LE(settlement("T").adjusts_sent, 6);
  EXPECT_NE(settlement("T").state, State::held);
  EXPECT_EQ(settlement("T").captures_sent, 0);
}

TEST_F(SettlerClockStepTest, LetsNoLeapTakeTheDetailsFromARecord) {
  start();
  take_trip("T");
  all("/transactional-data", instead(simulation::answer(500)));
  ASSERT_TRUE(reaches("T", State::details_due));
  ASSERT_TRUE(run(6h, [&] { return settlement("T").attempts >= 8; }));
  schedule.jump(24h * 30);
  EXPECT_FALSE(reaches("T", State::captured, 5min)) << "nobody confirms this clock";
  EXPECT_EQ(box->clock_status().steps, 1U);
  schedule.jump(-24h * 30);
  all("/none", {});
  EXPECT_TRUE(reaches("T", State::captured, 20min));
}

}  // namespace
}  // namespace gatehouse::sync
