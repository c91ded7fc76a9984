// Amazon's refusals: of one trip, or of whatever comes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sync/amazon/settler_fixture.hpp"

namespace gatehouse::sync {
namespace {

class SettlerRefusalTest : public SettlerTest {
 protected:
  static constexpr int trips = 12;
  int refunds = 0;
  static std::string name(int i) { return fmt::format("T{}", i); }
  int count(State state) {
    int found = 0;
    for (int i = 0; i < trips; ++i) found += settlement(name(i)).state == state ? 1 : 0;
    return found;
  }
  bool all_reach(State state, milliseconds at_most) {
    return run(at_most, [&] { return count(state) == trips; });
  }
};

TEST_F(SettlerRefusalTest, HoldsNoTripForAServiceThatRefusesWhateverComes) {
  start();
  all("/v1/adjust/charge",
      instead(simulation::answer(400, R"({"errorMsg":"BadRequestException"})")));
  for (int i = 0; i < trips; ++i) take_trip(name(i));
  EXPECT_FALSE(run(10min, [&] { return count(State::captured) > 0; }));
  EXPECT_EQ(count(State::held), 0);
  EXPECT_FALSE(box->settler().status().open);
  all("/none", {});
  EXPECT_TRUE(all_reach(State::captured, 15min)) << "nobody had to release one";
}

TEST_F(SettlerRefusalTest, CancelsWhatWasRefusedToOneTripAfterTheOther) {
  start();
  all("/v1/cancel/charge",
      instead(simulation::answer(400, R"({"errorMsg":"BadRequestException"})")));
  for (int i = 0; i < trips; ++i) take_trip(name(i), State::cancel_due);
  EXPECT_FALSE(run(10min, [&] { return count(State::cancelled) > 0; }));
  EXPECT_EQ(count(State::held), 0);
  all("/none", {});
  EXPECT_TRUE(all_reach(State::cancelled, 15min));
}

TEST_F(SettlerRefusalTest, HoldsOneTripAfterTheOtherThatAmazonDoesNotKnowAndCallsOn) {
  start();
  all("/v1/adjust/charge",
      instead(simulation::answer(400, R"({"errorMsg":"UnknownShoppingTrip"})")));
  for (int i = 0; i < trips; ++i) take_trip(name(i));
  EXPECT_TRUE(all_reach(State::held, 4h));
}

TEST_F(SettlerRefusalTest, SetsAsideOneRefundAfterTheOtherWhoseTripAmazonDoesNotKnow) {
  start();
  for (int i = 0; i < trips; ++i) take_trip(name(i));
  ASSERT_TRUE(all_reach(State::captured, 15min));
  const auto refunds_set_aside = [&](const char* body) {
    all("/v1/refund", instead(simulation::answer(400, body)));
    const auto before = box->counts().set_aside;
    for (int i = 0; i < trips; ++i) {
      store::NewRefund refund{
          .trip_id = name(i),
          .request_id = fmt::format("{:08}-2222-4333-8444-555555555555", ++refunds),
          .amount = {100, "USD"},
          .at = schedule.wall()};
      refund.payload = refund_request("STORE-001", refund);
      box->refund(refund);
    }
    (void)run(1h, [&] { return box->counts().set_aside == before + trips; });
    return box->counts().set_aside - before;
  };
  EXPECT_EQ(refunds_set_aside(R"({"errorMsg":"UnknownShoppingTrip"})"), trips);
  EXPECT_EQ(refunds_set_aside(R"({"errorMsg":"BadRequestException"})"), 0)
      << "this is how it answers for whatever comes";
}

TEST_F(SettlerRefusalTest, LeavesATripHeldThatAPersonHasHeldSince) {
  start();
  all("/v1/adjust/charge",
      instead(simulation::answer(400, R"({"errorMsg":"BadRequestException"})")));
  take_trip("T0");
  ASSERT_TRUE(reaches("T0", State::held));
  box->act("T0", OperatorAction::release);
  box->act("T0", OperatorAction::hold);
  for (int i = 1; i < trips; ++i) take_trip(name(i));
  ASSERT_TRUE(run(1min, [&] { return !box->settler().status().open; }));
  all("/none", {});
  EXPECT_TRUE(run(15min, [&] { return count(State::captured) == trips - 1; }));
  EXPECT_EQ(settlement("T0").state, State::held);
}

TEST_F(SettlerRefusalTest, LeavesATripHeldThatIsHeldForAnotherRefusalSince) {
  start();
  const auto refuse = [&](int status) {
    all("/v1/adjust/charge",
        instead(simulation::answer(status, R"({"errorMsg":"BadRequestException"})")));
  };
  refuse(400);
  take_trip("T0");
  ASSERT_TRUE(reaches("T0", State::held));
  refuse(413);
  box->act("T0", OperatorAction::release);
  ASSERT_TRUE(reaches("T0", State::held));
  refuse(400);
  for (int i = 1; i < trips; ++i) take_trip(name(i));
  ASSERT_TRUE(run(1min, [&] { return !box->settler().status().open; }));
  all("/none", {});
  EXPECT_TRUE(run(15min, [&] { return count(State::captured) == trips - 1; }));
  EXPECT_EQ(settlement("T0").state, State::held);
}

TEST_F(SettlerRefusalTest, CountsTheAdjustsOnOfATripThatItTakesBack) {
  start();
  all("/v1/adjust/charge", instead(simulation::answer(200, R"({"status":"PENDING"})")));
  take_trip("T0");
  ASSERT_TRUE(run(10min, [&] { return settlement("T0").adjusts_sent == 3; }));
  all("/v1/adjust/charge",
      instead(simulation::answer(400, R"({"errorMsg":"BadRequestException"})")));
  ASSERT_TRUE(reaches("T0", State::held));
  for (int i = 1; i < trips; ++i) take_trip(name(i));
  ASSERT_TRUE(run(1min, [&] { return !box->settler().status().open; }));
  all("/none", {});
  EXPECT_TRUE(all_reach(State::captured, 15min));
  const auto taken_back = settlement("T0");
  EXPECT_GE(taken_back.adjusts_sent - taken_back.adjusts_not_counted, 4)
      << "only a person gives it the limit anew";
}

}  // namespace
}  // namespace gatehouse::sync
