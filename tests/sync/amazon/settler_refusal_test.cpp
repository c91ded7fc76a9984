// Amazon's refusals: of one trip, or of whatever comes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/sync/amazon/settler_fixture.hpp"

namespace gatehouse::sync {
namespace {

class SettlerRefusalTest : public SettlerTest {
 protected:
  static constexpr int trips = 12;
  static constexpr const char* refused = R"({"errorMsg":"BadRequestException"})";
  int refunds = 0;
  static std::string name(int i) { return fmt::format("T{}", i); }
  int count(State state) {
    int found = 0;
    for (int i = 0; i < trips; ++i) found += settlement(name(i)).state == state ? 1 : 0;
    return found;
  }
  /// The requests to this path, of the trip that each is for, while `is_open` is false; all of them
  /// are refused, and one at a time is under way.
  void refuse_all(const std::string& path, const Reply& reply, std::function<bool()> is_open) {
    network.set_fates([=, this](const Request& request) {
      if (!request.url.ends_with(path)) return Fate{};
      if (!is_open()) {
        EXPECT_EQ(network.in_flight(), 1U);
        probed.push_back(simulation::trip_id_in(request.body));
      }
      return instead(reply);
    });
  }
  void refuse_trip(const std::string& path, const std::string& trip_id) {
    network.set_fates([=](const Request& request) {
      const bool is_it = simulation::trip_id_in(request.body) == trip_id;
      return is_it && request.url.ends_with(path) ? instead(simulation::answer(400, refused))
                                                  : Fate{};
    });
  }
  void take_checkout(const std::string& trip_id) {
    take_trip(trip_id, State::awaiting_price);
    box->price(trip_id, Money{99, "USD"},
               fmt::format(R"({{"idempotentShoppingTripId":"{}","lineItems":[]}})", trip_id));
  }
  void refund(const std::string& trip_id) {
    store::NewRefund refund{
        .trip_id = trip_id,
        .request_id = fmt::format("{:08}-2222-4333-8444-555555555555", ++refunds),
        .amount = {100, "USD"},
        .at = schedule.wall()};
    refund.payload = refund_request("STORE-001", refund);
    box->refund(refund);
  }
  std::vector<std::string> probed;
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
    for (int i = 0; i < trips; ++i) refund(name(i));
    (void)run(1h, [&] { return box->counts().set_aside == before + trips; });
    return box->counts().set_aside - before;
  };
  EXPECT_EQ(refunds_set_aside(R"({"errorMsg":"UnknownShoppingTrip"})"), trips);
  EXPECT_EQ(refunds_set_aside(R"({"errorMsg":"BadRequestException"})"), 0)
      << "this is how it answers for whatever comes";
}

TEST_F(SettlerRefusalTest, AsksWithNoTripTwiceRunningWhetherAmazonIsBack) {
  start();
  refuse_all("/v1/adjust/charge", simulation::answer(403, R"({"message":"Signature expired"})"),
             [&] { return box->settler().status().open; });
  for (int i = 0; i < trips; ++i) take_trip(name(i));
  ASSERT_TRUE(run(30min, [&] { return probed.size() == 20; }));
  EXPECT_EQ(std::ranges::adjacent_find(probed), probed.end())
      << "though none of them counts as an attempt of its trip";
  EXPECT_EQ(std::ranges::count(probed, name(trips - 1)), 10) << "every second is the newest";
}

TEST_F(SettlerRefusalTest, AsksWithTheLeastTriedInTurnWhetherAmazonIsBack) {
  start();
  refuse_all("/v1/adjust/charge", simulation::answer(500),
             [&] { return box->settler().status().open; });
  for (int i = 0; i < trips; ++i) take_trip(name(i));
  ASSERT_TRUE(run(30min, [&] { return probed.size() == 4U * trips; }));
  const std::set<std::string> all_of_them(probed.begin(), probed.end());
  EXPECT_EQ(all_of_them.size(), static_cast<std::size_t>(trips)) << "each has had its turn";
}

TEST_F(SettlerRefusalTest, CapturesWhatWasApprovedBeforeTheNextIsAdjusted) {
  options.jwo.max_in_flight = 1;
  start();
  std::vector<std::string> calls;
  network.set_fates([&](const Request& request) {
    for (const char* call : {"adjust", "capture"}) {
      if (!request.url.ends_with(fmt::format("/v1/{}/charge", call))) continue;
      calls.push_back(fmt::format("{} {}", call, simulation::trip_id_in(request.body)));
    }
    return Fate{};
  });
  for (int i = 0; i < 3; ++i) {
    take_trip(name(i));
    (void)run(5ms, [] { return false; });
  }
  ASSERT_TRUE(run(1min, [&] { return calls.size() == 6; }));
  EXPECT_THAT(calls, testing::ElementsAre("adjust T0", "capture T0", "adjust T1", "capture T1",
                                          "adjust T2", "capture T2"));
}

TEST_F(SettlerRefusalTest, ChecksOutWhatWasRefusedToOneTripAfterTheOther) {
  options.jwo.settlement = SettlementMode::checkout;
  start();
  refuse_all("/v1/checkout/carts", simulation::answer(400, refused),
             [&] { return box->settler().status().open; });
  for (int i = 0; i < trips; ++i) take_checkout(name(i));
  EXPECT_FALSE(run(10min, [&] { return count(State::checked_out) > 0; }));
  EXPECT_FALSE(box->settler().status().open);
  EXPECT_TRUE(box->settler().status().refuses_all);
  EXPECT_EQ(count(State::held), 0) << "what was held before the fifth is due again";
  EXPECT_EQ(std::ranges::adjacent_find(probed), probed.end());
  refuse_trip("/v1/checkout/carts", name(0));
  EXPECT_TRUE(run(15min, [&] {
    return count(State::checked_out) == trips - 1 && settlement(name(0)).state == State::held;
  })) << "the one that is really refused is tried once more, and held";
  EXPECT_TRUE(box->settler().status().open);
  for (int i = 1; i < trips; ++i) EXPECT_EQ(amazon.account(name(i)).checkouts.size(), 1U);
}

TEST_F(SettlerRefusalTest, RefundsWhatWasRefusedToOneTripAfterTheOther) {
  start();
  for (int i = 0; i < trips; ++i) take_trip(name(i));
  ASSERT_TRUE(all_reach(State::captured, 15min));
  refuse_all("/v1/refund", simulation::answer(400, refused),
             [&] { return box->refunds().status().open; });
  for (int i = 0; i < trips; ++i) refund(name(i));
  const auto refunded = [&] {
    return std::ranges::count_if(amazon.accounts(), [](const auto& each) {
      return each.second.refunds.size() == 1 && each.second.refund_calls == 1;
    });
  };
  EXPECT_FALSE(run(10min, [&] { return refunded() > 0; }));
  EXPECT_FALSE(box->refunds().status().open);
  EXPECT_TRUE(box->refunds().status().refuses_all);
  EXPECT_EQ(box->counts().set_aside, 0) << "what was set aside before the fifth is pending again";
  EXPECT_EQ(std::ranges::adjacent_find(probed), probed.end());
  refuse_trip("/v1/refund", name(0));
  EXPECT_TRUE(run(30min, [&] { return refunded() == trips - 1 && box->counts().set_aside == 1; }))
      << "the one that is really refused is tried once more, and set aside";
  EXPECT_TRUE(box->refunds().status().open);
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
