#include "tests/simulator/shop/plan.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/simulator/digest.hpp"
#include "tests/simulator/pricing.hpp"
#include "tests/simulator/shop/requests.hpp"

namespace gatehouse::simulator {
namespace {

using nlohmann::json;

const WallTime noon = std::chrono::sys_days{std::chrono::May / 2 / 2025} + std::chrono::hours(12);

std::string cart_of(const TripPlan& trip) {
  const CartOccasion occasion{.scan = {.id = trip.key, .type = "SHOPPER"},
                              .auth_event_id = "11111111-2222-3333-4444-555555555555",
                              .second_auth_event_id = "21111111-2222-3333-4444-555555555555",
                              .ended_at = noon};
  return cart_request("STORE-001", trip, occasion, "31111111-2222-3333-4444-555555555555");
}

TEST(Plan, IsTheSameForTheSameSeed) {
  const Plan one({.seed = 7});
  const Plan same({.seed = 7});
  const Plan other({.seed = 8});
  for (const std::uint64_t index : {0U, 1U, 299U}) {
    EXPECT_EQ(cart_of(one.trip(index)), cart_of(same.trip(index)));
    EXPECT_NE(one.trip(index).trip_id, other.trip(index).trip_id);
  }
}

// Written down once: a change of these breaks every recorded run.
TEST(Plan, OfSeedOneBeginsWithThisTrip) {
  const auto trip = Plan({.seed = 1}).trip(0);
  EXPECT_EQ(trip.trip_id, "9762aebc-8802-4926-9ebb-f1ac7b3f4b4c");
  EXPECT_EQ(trip.key, "5469-9033-3657-4344-3975-2455");
}

TEST(Plan, MixesCardAndAppEvenlyInTheRightNumbers) {
  const Plan plan({.card_trips = 200, .app_trips = 100});
  int cards = 0;
  for (std::uint64_t i = 0; i < plan.size(); ++i) {
    cards += plan.trip(i).card_entry ? 1 : 0;
    EXPECT_NEAR(cards, static_cast<double>(i + 1) * 2 / 3, 1.0);
  }
  EXPECT_EQ(cards, 200);
}

TEST(Plan, GoesOnWhereAnEarlierRunEnded) {
  std::set<std::string> trip_ids;
  const Plan first({.card_trips = 50, .app_trips = 50});
  const Plan second({.card_trips = 50, .app_trips = 50, .first_trip = 100});
  for (std::uint64_t i = 0; i < 100; ++i) {
    trip_ids.insert(first.trip(i).trip_id);
    trip_ids.insert(second.trip(i).trip_id);
  }
  EXPECT_EQ(trip_ids.size(), 200U);
}

TEST(Plan, ScansOnlyKeysOfShoppersWhoMayComeIn) {
  const PlanOptions options{.seed = 7, .shoppers = 50};
  const Plan plan(options);
  const Population population(options.seed, options.shoppers);
  std::set<std::string> welcome;
  for (std::uint64_t i = 0; i < population.size(); ++i) {
    const auto shopper = population.shopper(i);
    if (!shopper.blocked) welcome.insert(shopper.keys.begin(), shopper.keys.end());
  }
  int refused = 0;
  for (std::uint64_t i = 0; i < plan.size(); ++i) {
    const auto trip = plan.trip(i);
    EXPECT_TRUE(welcome.contains(trip.key));
    if (!trip.refused_key) continue;
    ++refused;
    EXPECT_FALSE(welcome.contains(*trip.refused_key));
  }
  EXPECT_GT(refused, 0);
}

TEST(Plan, ExpectsWhatTheWorldWillCharge) {
  const Plan plan({.empty_percent = 20});
  int empty = 0;
  for (std::uint64_t i = 0; i < plan.size(); ++i) {
    const auto trip = plan.trip(i);
    const auto priced = price_cart(cart_of(trip));
    ASSERT_TRUE(priced);
    EXPECT_EQ(priced->card_entry, trip.card_entry);
    EXPECT_EQ(priced->empty, trip.items.empty());
    EXPECT_EQ(trip.charge_minor, trip.card_entry ? priced->total_minor : 0);
    EXPECT_EQ(priced->total_minor > 0, !trip.items.empty());
    empty += trip.items.empty() ? 1 : 0;
  }
  EXPECT_NEAR(empty, 60, 25);
}

TEST(CartRequest, HasEveryRequiredField) {
  const auto trip = Plan({.empty_percent = 0}).trip(0);
  const auto cart = json::parse(cart_of(trip));
  EXPECT_EQ(cart["idempotentShoppingTripId"], trip.trip_id);
  EXPECT_EQ(cart["storeId"], "STORE-001");
  EXPECT_EQ(cart["shoppingTrip"]["endTime"], "2025-05-02T12:00:00Z");
  EXPECT_LT(cart["shoppingTrip"]["startTime"], cart["shoppingTrip"]["endTime"]);
  const auto& event = cart["shoppingTrip"]["authEvents"][0];
  EXPECT_EQ(event["payloadType"], trip.card_entry ? "FINANCIAL" : "SCAN_CODE");
  EXPECT_EQ(event["scanResult"]["id"], trip.key);
  for (const auto& item : cart["cartItems"]) {
    EXPECT_TRUE(item["quantity"]["value"].is_string());
    EXPECT_LE(item["quantity"]["value"].get<std::string>().size(), 10U);
    EXPECT_TRUE(item["type"] == "SKU" || item["type"] == "SCANCODE");
  }
}

TEST(CartRequest, NamesTheShopperWhereThePlanDoes) {
  const auto with = Plan({.identity_percent = 100}).trip(0);
  const auto without = Plan({.identity_percent = 0}).trip(0);
  EXPECT_EQ(json::parse(cart_of(with))["shopperIdentity"]["id"], with.shopper_identity);
  EXPECT_FALSE(json::parse(cart_of(without)).contains("shopperIdentity"));
  EXPECT_EQ(with.trip_id, without.trip_id);
}

TEST(CartRequest, LeavesOutTheScanResultWhereNoScanSucceeded) {
  const auto trip = Plan({}).trip(0);
  const auto cart = json::parse(cart_request("STORE-001", trip, {.ended_at = noon}, "r"));
  EXPECT_FALSE(cart["shoppingTrip"]["authEvents"][0].contains("scanResult"));
}

TEST(ScanRequest, CarriesTheKeyInTheFormThatWasPlanned) {
  auto trip = Plan({}).trip(0);
  const auto event_of = [&](ScanForm form) {
    Random ids(1);
    trip.scan_form = form;
    return json::parse(scan_request("STORE-001", trip, trip.key, ids, noon))["scanEvent"];
  };
  EXPECT_EQ(event_of(ScanForm::base64_id)["id"], base64(trip.key));
  EXPECT_EQ(event_of(ScanForm::base64_id_with_blank)["id"], base64(trip.key) + " ");
  EXPECT_EQ(event_of(ScanForm::base64_value)["value"], base64(trip.key));
  EXPECT_EQ(event_of(ScanForm::plain_value)["value"], trip.key);
  EXPECT_EQ(event_of(ScanForm::plain_value)["timestamp"], "2025-05-02T12:00:00Z");
}

TEST(Random, MakesVersionFourUuids) {
  Random random(1);
  for (int i = 0; i < 100; ++i) {
    const auto uuid = random.uuid();
    ASSERT_EQ(uuid.size(), 36U);
    EXPECT_EQ(uuid[14], '4');
    EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) EXPECT_EQ(uuid[dash], '-');
  }
}

}  // namespace
}  // namespace gatehouse::simulator
