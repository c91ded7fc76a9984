#include "sync/delivery/forwarder.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/sync/simulation/box.hpp"
#include "tests/sync/simulation/cloud.hpp"
#include "tests/sync/simulation/network.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using simulation::Fate;
using simulation::Port;
using store::DeliveryState;

class ForwarderTest : public testing::Test {
 protected:
  ForwarderTest() {
    options.aws = {};  // the settler waits
    options.cloud.max_in_flight = 4;
  }

  simulation::Box& start() { return box.emplace(schedule, network, chance(), options, commits); }

  Chance chance() {
    return [this] { return std::uniform_real_distribution<>(0, 1)(random); };
  }

  const store::NewCart& take_cart(const std::string& trip_id, int cloud_status = 0) {
    auto& plan = plans[trip_id];
    plan.cart = {.trip_id = trip_id,
                 .purchase_id = "p-" + trip_id,
                 .entry = store::Entry::card,
                 .started_at = schedule.wall(),
                 .received_at = schedule.wall(),
                 .body = "{ \"cart of\" : \"" + trip_id + "\" }",
                 .first_settlement = store::SettlementState::awaiting_price};
    plan.cloud_status = cloud_status;
    box->take_cart(plan.cart);
    return plan.cart;
  }

  bool run(milliseconds at_most, const std::function<bool()>& is_done) {
    return simulation::run_until(schedule, *box, at_most, is_done);
  }
  auto delivered(std::int64_t count) {
    return [this, count] { return box->counts().delivered == count; };
  }
  auto in_state(const std::string& trip_id, DeliveryState state) {
    return [this, trip_id, state] { return box->trip(trip_id).deliveries.at(0).state == state; };
  }

  std::mt19937_64 random{1};
  simulation::Schedule schedule;
  simulation::TripPlans plans;
  simulation::Cloud cloud{plans};
  simulation::Network network{schedule, [this](const Request& r) { return cloud.handle(r); },
                              [](const Request&) { return Fate{}; }};
  Port::Fates commits = [] { return Port::CommitFate::succeeds; };
  simulation::BoxOptions options;
  std::optional<simulation::Box> box;
};

TEST_F(ForwarderTest, DeliversACartByteForByteAndPricesItsTrip) {
  start();
  const auto& cart = take_cart("T1");
  ASSERT_TRUE(run(1s, delivered(1)));
  EXPECT_EQ(cloud.cart_of("T1"), cart.body);
  EXPECT_EQ(box->trip("T1").settlement->amount, (Money{1599, "USD"}));
  EXPECT_EQ(box->forwarder().status().successes, 1U);
  EXPECT_EQ(box->forwarder().status().last_error, "");
}

TEST_F(ForwarderTest, KeepsADeliveryWhosePriceCannotBeReadAndSaysAtOnceWhyItsTripWaits) {
  start();
  take_cart("T0");
  take_cart("T1");
  plans["T1"].amount = "\"9,99\"";
  ASSERT_TRUE(run(1s, delivered(2)));
  const auto why = testing::HasSubstr("price cannot be used: charge: the amount is \"9,99\"");
  EXPECT_THAT(box->trip("T1").deliveries[0].reason, why);
  EXPECT_FALSE(box->trip("T1").settlement->amount);
  EXPECT_THAT(box->trip("T1").settlement->reason, why);
  EXPECT_EQ(box->counts().prices_unusable, 1);
  EXPECT_EQ(box->counts().last_price_unusable_trip, "T1");
  EXPECT_THAT(box->counts().last_price_unusable_reason, why);
}

TEST_F(ForwarderTest, CountsAConflictThatNamesTheRecordAsDelivered) {
  start();
  take_cart("T1", 409);
  plans["T1"].cloud_words = R"({"purchaseId":"p-T1"})";
  EXPECT_TRUE(run(1s, delivered(1)));
}

TEST_F(ForwarderTest, TriesAgainWhileTheFirstRequestIsStillBeingWorkedOn) {
  start();
  take_cart("T1", 409);
  plans["T1"].cloud_words = R"({"title":"Conflict","status":409,"detail":"being processed"})";
  EXPECT_FALSE(run(10min, delivered(1)));
  EXPECT_EQ(box->counts().pending, 1);
  plans["T1"].cloud_status = 0;
  EXPECT_TRUE(run(20min, delivered(1)));
  EXPECT_EQ(cloud.effects().size(), 1U);
}

TEST_F(ForwarderTest, TakesAnEmptyConflictForADeliveryOnlyAfterALostAnswer) {
  start();
  take_cart("T1", 409);
  plans["T1"].cloud_words = "";
  EXPECT_FALSE(run(1min, delivered(1)));
  network.set_fates([](const Request&) { return Fate{.reply = simulation::no_answer()}; });
  ASSERT_TRUE(run(20min, [&] { return box->trip("T1").deliveries[0].unclear; }));
  EXPECT_EQ(box->counts().delivered, 0);
  network.set_fates([](const Request&) { return Fate{}; });
  EXPECT_TRUE(run(20min, delivered(1)));
}

/// Nothing on disk says that it was sent, and an empty answer does not say that it arrived.
TEST_F(ForwarderTest, TriesARecordAgainThatACrashLeftInFlightUntilTheCloudNamesIt) {
  start();
  take_cart("T1");
  box->turn();
  box->crash();
  while (schedule.step(SteadyTime::max())) {
  }
  plans["T1"].cloud_status = 409;
  plans["T1"].cloud_words = "";
  box->start();
  EXPECT_FALSE(run(1h, delivered(1)));
  plans["T1"].cloud_words = R"({"purchaseId":"p-T1"})";
  EXPECT_TRUE(run(2h, delivered(1)));
}

TEST_F(ForwarderTest, SetsNothingAsideForWhatStandsBetweenItAndTheCloud) {
  for (const int status : {404, 405, 407, 421, 425, 451, 413, 400}) {
    SCOPED_TRACE(status);
    start();
    plans.clear();
    const std::string words = status == 400 || status == 413 ? "<html>" : R"({"message":"no"})";
    network.set_fates([status, words](const Request&) {
      return Fate{.arrives_after = std::nullopt, .reply = simulation::answer(status, words)};
    });
    for (int i = 0; i < 100; ++i) take_cart(fmt::format("T{}", i));
    EXPECT_FALSE(run(3s, delivered(1)));
    network.set_fates([](const Request&) { return Fate{}; });
    EXPECT_TRUE(run(3min, delivered(100)));
    EXPECT_EQ(box->counts().set_aside, 0);
    box.reset();
  }
}

TEST_F(ForwarderTest, LosesNoRecordToAServiceThatRefusesWhateverComes) {
  start();
  for (int i = 0; i < 100; ++i) take_cart(fmt::format("T{}", i), 422);
  EXPECT_FALSE(run(1h, delivered(1)));
  EXPECT_EQ(box->counts().set_aside, 0);
  EXPECT_EQ(box->counts().pending, 100);
  EXPECT_FALSE(box->forwarder().status().open);
  EXPECT_TRUE(box->forwarder().status().refuses_all);
  EXPECT_THAT(box->forwarder().status().last_error, testing::HasSubstr("422"));
  for (auto& [trip_id, plan] : plans) plan.cloud_status = 0;
  EXPECT_TRUE(run(3min, delivered(100))) << "the probe found it well, and nobody had to ask";
  EXPECT_FALSE(box->forwarder().status().refuses_all);
}

TEST_F(ForwarderTest, TakesBackWhatWasRefusedBeforeARestartAmidARun) {
  start();
  for (int i = 0; i < 3; ++i) take_cart(fmt::format("before-{}", i), 422);
  ASSERT_TRUE(run(1min, [&] { return box->counts().set_aside == 3; }));
  box->crash();
  box->start();
  for (int i = 0; i < 3; ++i) take_cart(fmt::format("after-{}", i), 422);
  EXPECT_TRUE(run(1min, [&] { return box->counts().set_aside == 0; })) << "it refuses all of them";
  for (auto& [trip_id, plan] : plans) plan.cloud_status = 0;
  EXPECT_TRUE(run(3min, delivered(6)));
}

TEST_F(ForwarderTest, LeavesSetAsideWhatWasRefusedBeforeASuccessOrLongAgo) {
  start();
  for (int i = 0; i < 3; ++i) take_cart(fmt::format("before-{}", i), 422);
  ASSERT_TRUE(run(1min, [&] { return box->counts().set_aside == 3; }));
  take_cart("good");
  ASSERT_TRUE(run(1min, delivered(1)));
  box->crash();
  box->start();
  for (int i = 0; i < 3; ++i) take_cart(fmt::format("after-{}", i), 422);
  EXPECT_TRUE(run(1min, [&] { return box->counts().set_aside == 6; }));
  box->crash();
  (void)run(16min, [] { return false; });
  box->start();
  take_cart("late", 422);
  EXPECT_TRUE(run(1min, [&] { return box->counts().set_aside == 7; }));
}

TEST_F(ForwarderTest, SetsAsideInTheEndWhatIsRefusedWhileOthersAreTaken) {
  start();
  for (int i = 0; i < 9; ++i) take_cart(fmt::format("bad-{}", i), 422);
  for (int i = 0; i < 20; ++i) take_cart(fmt::format("good-{}", i));
  EXPECT_TRUE(run(1h, [&] { return box->counts().pending == 0; }));
  EXPECT_EQ(box->counts().set_aside, 9);
}

TEST_F(ForwarderTest, SetsARefusedRecordAsideUntilAnOperatorRetriesIt) {
  start();
  take_cart("T1", 422);
  ASSERT_TRUE(run(1s, in_state("T1", DeliveryState::set_aside)));
  const auto delivery = box->trip("T1").deliveries[0];
  EXPECT_THAT(delivery.reason, testing::HasSubstr("422"));
  EXPECT_THAT(box->forwarder().status().last_error, testing::HasSubstr("422"));
  EXPECT_FALSE(run(24h, delivered(1))) << "nobody asked for it";
  plans["T1"].cloud_status = 0;
  box->retry(delivery.id);
  EXPECT_TRUE(run(1s, delivered(1)));
}

TEST_F(ForwarderTest, SetsNothingAsideForWrongCredentialsAndDeliversOnceTheyAreRight) {
  start();
  for (int i = 0; i < 10; ++i) take_cart(fmt::format("T{}", i), 401);
  EXPECT_FALSE(run(10min, delivered(10)));
  EXPECT_EQ(box->counts().pending, 10);
  EXPECT_FALSE(box->forwarder().status().open);
  EXPECT_THAT(box->forwarder().status().last_error, testing::HasSubstr("credentials"));
  for (auto& [trip_id, plan] : plans) plan.cloud_status = 0;
  EXPECT_TRUE(run(130s, delivered(10)));
}

TEST_F(ForwarderTest, NeverHasMoreInFlightThanAllowed) {
  start();
  for (int i = 0; i < 50; ++i) take_cart(fmt::format("T{}", i));
  ASSERT_TRUE(run(10s, delivered(50)));
  EXPECT_EQ(network.most_in_flight(), 4U);
}

TEST_F(ForwarderTest, SendsLiveCartsBeforeABacklogAndTheBacklogAllTheSame) {
  start();
  options.cloud.max_in_flight = 4;
  for (int i = 0; i < 40; ++i) take_cart(fmt::format("old-{:02}", i));
  ASSERT_TRUE(run(1s, delivered(8)));
  take_cart("live");
  ASSERT_TRUE(run(10s, delivered(41)));
  const auto& order = cloud.order();
  const auto place = [&](const std::string& trip_id) {
    return std::ranges::find(order, trip_id) - order.begin();
  };
  EXPECT_LT(place("live"), 16);
  EXPECT_LT(place("old-00"), 4);
}

TEST_F(ForwarderTest, IsNotHeldUpByRecordsThatAlwaysFail) {
  start();
  for (int i = 0; i < 5; ++i) take_cart(fmt::format("poison-first-{}", i), 500);
  for (int i = 0; i < 50; ++i) take_cart(fmt::format("good-{}", i));
  for (int i = 0; i < 5; ++i) take_cart(fmt::format("poison-last-{}", i), 500);
  EXPECT_TRUE(run(30s, delivered(50)));
  EXPECT_FALSE(run(24h, delivered(51)));
  EXPECT_EQ(box->counts().pending, 10);
  take_cart("later");
  EXPECT_TRUE(run(61s, delivered(51))) << "at the latest as the next probe";
  // A day of probing a destination that is well must not become a flood.
  EXPECT_LT(box->trip("poison-first-0").deliveries[0].attempts, 1'000);
}

TEST_F(ForwarderTest, RecoversWithinSecondsOfTheLine) {
  for (const milliseconds outage : {5'000ms, 60'000ms, 300'000ms}) {
    SCOPED_TRACE(outage.count());
    start();
    plans.clear();
    network.set_fates([](const Request&) {
      return Fate{.arrives_after = std::nullopt, .reply = simulation::not_sent()};
    });
    for (int i = 0; i < 20; ++i) take_cart(fmt::format("T{}", i));
    EXPECT_FALSE(run(outage, delivered(20)));
    network.set_fates([](const Request&) { return Fate{}; });
    const auto back = schedule.steady();
    EXPECT_TRUE(run(10min, delivered(20)));
    EXPECT_LE(schedule.steady() - back, 3s + outage / 4);
    box.reset();
  }
}

TEST_F(ForwarderTest, RecoversASingleRecordAsQuickly) {
  start();
  network.set_fates([](const Request&) {
    return Fate{.arrives_after = std::nullopt, .reply = simulation::not_sent()};
  });
  take_cart("T1");
  EXPECT_FALSE(run(2min, delivered(1)));
  network.set_fates([](const Request&) { return Fate{}; });
  EXPECT_TRUE(run(35s, delivered(1)));
}

TEST_F(ForwarderTest, ProbesOneAtATimeWhileTheCloudIsDown) {
  start();
  for (int i = 0; i < 20; ++i) take_cart(fmt::format("T{}", i), 503);
  EXPECT_FALSE(run(1h, delivered(1)));
  std::int64_t attempts = 0;
  for (int i = 0; i < 20; ++i) attempts += box->trip(fmt::format("T{}", i)).deliveries[0].attempts;
  EXPECT_LT(attempts, 200) << "an hour of probes, none more often than the outage asks for";
  EXPECT_GT(attempts, 60);
}

TEST_F(ForwarderTest, LeavesTheCloudAloneForAsLongAsItAsks) {
  start();
  int asked = 0;
  network.set_fates([&](const Request&) {
    ++asked;
    auto busy = simulation::answer(429);
    busy.retry_after = 300s;
    return Fate{.arrives_after = std::nullopt, .reply = busy};
  });
  take_cart("T1");
  ASSERT_TRUE(run(1s, [&] { return box->forwarder().status().failures == 1; }));
  for (int i = 2; i < 10; ++i) take_cart(fmt::format("T{}", i));
  EXPECT_FALSE(run(290s, delivered(1)));
  EXPECT_EQ(asked, 1);
}

TEST_F(ForwarderTest, NeverSendsAgainWhatIsDeliveredWhileTheDiskIsFull) {
  bool full = true;
  commits = [&] { return full ? Port::CommitFate::fails : Port::CommitFate::succeeds; };
  start();
  for (int i = 0; i < 10; ++i) take_cart(fmt::format("T{}", i));
  EXPECT_FALSE(run(10min, delivered(1)));
  EXPECT_EQ(cloud.effects().size(), 4U) << "outcomes wait in memory, and no more than that";
  EXPECT_GE(box->forwarder().status().overdue, 9min) << "and that is told";
  full = false;
  EXPECT_TRUE(run(40s, delivered(10)));
  for (const auto& [key, effect] : cloud.effects()) EXPECT_EQ(effect.times_sent, 1) << key;
}

TEST_F(ForwarderTest, TellsOfARequestThatItsTimeOutDidNotEnd) {
  start();
  network.set_fates([](const Request&) { return Fate{.replied_after = 10min}; });
  take_cart("T1");
  EXPECT_FALSE(run(options.cloud.timeout, delivered(1)));
  EXPECT_EQ(box->forwarder().status().overdue, 0ms);
  take_cart("T2");
  EXPECT_FALSE(run(1min, delivered(1)));
  EXPECT_GE(box->forwarder().status().longest_wait, options.cloud.timeout + 59s) << "the oldest";
  EXPECT_GE(box->forwarder().status().overdue, 59s);
  EXPECT_TRUE(run(11min, delivered(2)));
  EXPECT_FALSE(box->forwarder().status().longest_wait);
  EXPECT_EQ(box->forwarder().status().overdue, 0ms);
}

TEST_F(ForwarderTest, KeepsGoingWhenTheWallClockJumps) {
  start();
  take_cart("T1", 500);
  EXPECT_FALSE(run(2min, delivered(1)));
  schedule.jump(-24h);
  plans["T1"].cloud_status = 0;
  EXPECT_TRUE(run(61s, delivered(1)));
}

TEST_F(ForwarderTest, FinishesWhatIsInFlightAndStartsNothingAfterStop) {
  start();
  for (int i = 0; i < 10; ++i) take_cart(fmt::format("T{}", i));
  box->turn();
  EXPECT_EQ(box->forwarder().in_flight(), 4U);
  box->forwarder().stop();
  EXPECT_TRUE(run(1s, [&] { return box->forwarder().in_flight() == 0; }));
  EXPECT_FALSE(run(1min, delivered(10)));
  EXPECT_EQ(box->counts().delivered, 4);
}

TEST_F(ForwarderTest, SendsTheSameKeyAgainAfterACrash) {
  start();
  take_cart("T1");
  box->turn();
  box->crash();
  while (schedule.step(SteadyTime::max())) {
  }
  ASSERT_EQ(cloud.effects().at("T1:cart").times_sent, 1) << "it had left before the crash";
  box->start();
  ASSERT_TRUE(run(1s, delivered(1)));
  EXPECT_EQ(cloud.effects().size(), 1U);
  EXPECT_EQ(cloud.effects().at("T1:cart").times_sent, 2);
}

TEST_F(ForwarderTest, WaitsWithoutACloud) {
  options.cloud.url = "";
  start();
  take_cart("T1");
  EXPECT_FALSE(run(1h, delivered(1)));
  EXPECT_FALSE(box->forwarder().status().configured);
  EXPECT_EQ(network.most_in_flight(), 0U);
}

}  // namespace
}  // namespace gatehouse::sync
