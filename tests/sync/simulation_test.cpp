#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/sync/simulation/world.hpp"

namespace gatehouse::sync {
namespace {

using simulation::TripPlan;
using simulation::World;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t seeds_per_test = 20;

bool is_charged(const TripPlan& plan) {
  return plan.cart.first_settlement == store::SettlementState::awaiting_price;
}

void expect_delivered(const World& world, const std::string& trip_id, const TripPlan& plan) {
  const bool taken = plan.cloud_status == 0;
  EXPECT_EQ(world.cloud().cart_of(trip_id), taken ? plan.cart.body : "");
}

void expect_settled(const World& world, const std::string& trip_id, const TripPlan& plan) {
  const auto account = world.amazon().account(trip_id);
  const auto record = world.cloud().payment_record_of(trip_id);
  if (!plan.cart.first_settlement) {
    EXPECT_EQ(account.adjusts + account.cancels, 0);
    EXPECT_EQ(record, "");
    return;
  }
  const auto status = nlohmann::json::parse(record).at("status").get<std::string>();
  if (!is_charged(plan)) {
    EXPECT_EQ(status, "CANCELLED");
    EXPECT_GE(account.cancels, 1);
    EXPECT_THAT(account.captures, IsEmpty());
  } else if (plan.declined) {
    EXPECT_EQ(status, "DECLINED");
    EXPECT_THAT(account.captures, IsEmpty());
  } else {
    EXPECT_EQ(status, "CAPTURED");
    EXPECT_THAT(account.captures, ElementsAre(plan.amount));
    EXPECT_EQ(account.cancels, 0);
    EXPECT_EQ(nlohmann::json::parse(record).at("amount").at("amount"), plan.amount);
  }
}

void expect_promises_kept(World& world) {
  EXPECT_EQ(world.acknowledged().size(), world.plans().size());
  for (const auto& [trip_id, plan] : world.plans()) {
    SCOPED_TRACE(trip_id);
    expect_delivered(world, trip_id, plan);
    expect_settled(world, trip_id, plan);
    const bool refused = plan.cloud_status == 422;
    const auto state = world.box().trip(trip_id).deliveries.at(0).state;
    EXPECT_EQ(state == store::DeliveryState::set_aside, refused);
  }
  EXPECT_EQ(world.box().counts().held, 0);
  EXPECT_THAT(world.complaints(), IsEmpty());
  EXPECT_THAT(world.cloud().complaints(), IsEmpty());
}

/// Twenty days, from the seed on. One day alone: GATEHOUSE_SIMULATION_SEED=17 and any of the tests.
class Simulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Simulation, KeepsItsPromisesOnEveryDay) {
  const char* only = std::getenv("GATEHOUSE_SIMULATION_SEED");
  const auto first = only != nullptr ? std::strtoull(only, nullptr, 10) : GetParam();
  const auto end = only != nullptr ? first + 1 : first + seeds_per_test;
  int crashes = 0;
  int faults = 0;
  for (auto seed = first; seed < end && !HasFailure(); ++seed) {
    SCOPED_TRACE("GATEHOUSE_SIMULATION_SEED=" + std::to_string(seed));
    World world(seed);
    EXPECT_TRUE(world.live()) << "the day did not end";
    expect_promises_kept(world);
    crashes += world.crashes();
    faults += world.faults();
  }
  if (only != nullptr) return;
  EXPECT_GT(crashes, 10) << "the days were too quiet to prove anything";
  EXPECT_GT(faults, 100);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Simulation, testing::Range<std::uint64_t>(1, 241, seeds_per_test));

}  // namespace
}  // namespace gatehouse::sync
