// Two boxes in one store, through real processes: what the price's word about the ledger is worth,
// and what happens without it.
#include <gmock/gmock.h>

#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"
#include "tests/end_to_end/world.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using nlohmann::json;
using testing::HasSubstr;

json settlement(const Box& box, const std::string& trip_id) {
  const auto [status, output] = box.command("trip show " + trip_id + " --json");
  return status == 0 ? json::parse(output).at("settlement") : json();
}

bool reaches(const Box& box, const std::string& trip_id, const std::string& state) {
  return eventually(
      [&] {
        const json found = settlement(box, trip_id);
        return found.is_object() && found.at("state") == state;
      },
      60s);
}

void take_cart(const Box& box, const std::string& trip_id) {
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart(trip_id)).status, 201);
}

BoxOptions box_in(const World& world, const std::string& grant) {
  BoxOptions options = attached_to(world);
  options.environment["GATEHOUSE_CLOUD_GRANT"] = grant;
  return options;
}

class TwoBoxes : public testing::TestWithParam<std::string> {};

TEST_P(TwoBoxes, ThatGetTheSameCartsChargeEachOnceWhereThePriceNamesTheLedger) {
  const World world;
  Box first(box_in(world, GetParam()));
  Box second(box_in(world, GetParam()));
  first.start();
  second.start();
  take_cart(first, "trip-1");
  ASSERT_TRUE(reaches(first, "trip-1", "captured"));
  take_cart(second, "trip-1");
  ASSERT_TRUE(reaches(second, "trip-1", "not_granted"));
  constexpr int at_once = 6;
  for (int i = 0; i < at_once; ++i) {  // whoever is first at the cloud
    const std::string trip = "both-" + std::to_string(i);
    take_cart(i % 2 == 0 ? first : second, trip);
    take_cart(i % 2 == 0 ? second : first, trip);
  }
  for (int i = 0; i < at_once; ++i) {
    const std::string trip = "both-" + std::to_string(i);
    const auto ended = [&](const Box& box) {
      const json found = settlement(box, trip);
      if (!found.is_object()) return false;
      return found.at("state") == "captured" || found.at("state") == "not_granted";
    };
    EXPECT_TRUE(eventually([&] { return ended(first) && ended(second); }, 60s)) << trip;
  }
  EXPECT_EQ(world.effects().at("captures"), 1 + at_once);
  EXPECT_EQ(world.effects().at("double_captures"), 0);
  EXPECT_THAT(second.command("status --json").second, HasSubstr("price_for_another_ledger"));
  EXPECT_THAT(second.command("trip show trip-1").second, HasSubstr("price for ledger"));
  EXPECT_EQ(second.command("trip release trip-1").first, 1);
  EXPECT_EQ(second.command("trip cancel trip-1").first, 1) << "the other box has captured it";
}

INSTANTIATE_TEST_SUITE_P(Grants, TwoBoxes, testing::Values("optional", "required"),
                         [](const auto& each) { return each.param; });

// What docs/settlement.md says of two boxes without grants: nothing else keeps them apart.
TEST(TwoBoxesWithoutGrants, ChargeACartThatBothGetTwice) {
  const World world({"--no-ledger-names"});
  Box first(box_in(world, "optional"));
  Box second(box_in(world, "optional"));
  first.start();
  second.start();
  take_cart(first, "trip-1");
  ASSERT_TRUE(reaches(first, "trip-1", "captured"));
  take_cart(second, "trip-1");
  ASSERT_TRUE(reaches(second, "trip-1", "captured"));
  EXPECT_EQ(world.effects().at("captures"), 2);
  EXPECT_EQ(world.effects().at("double_captures"), 1);
}

TEST(TwoBoxesWithoutGrants, ChargeNothingWhereAGrantIsRequired) {
  const World world({"--no-ledger-names"});
  Box box(box_in(world, "required"));
  box.start();
  take_cart(box, "trip-1");
  ASSERT_TRUE(reaches(box, "trip-1", "not_granted"));
  EXPECT_THAT(box.command("trip show trip-1").second, HasSubstr("cloud.grant"));
  EXPECT_EQ(world.effects().at("captures"), 0);
  const std::string amount = settlement(box, "trip-1").at("amount").at("amount");
  EXPECT_EQ(box.command("trip charge trip-1 " + amount + " USD").first, 0) << "a person's word";
  EXPECT_TRUE(reaches(box, "trip-1", "captured"));
}

}  // namespace
}  // namespace gatehouse::end_to_end
