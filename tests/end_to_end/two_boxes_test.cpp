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

class ReplacedLedger : public testing::Test {
 protected:
  /// A box with a trip that is priced and not charged, stopped.
  void leave_a_charge_open(Box& box, const std::string& trip_id) {
    box.start();
    world.scenario("[payments]\nclosed_before = 1.0");
    take_cart(box, trip_id);
    ASSERT_TRUE(reaches(box, trip_id, "adjust_due"));
    ASSERT_EQ(box.stop(), 0);
    world.scenario("");
  }
  static std::filesystem::path file(const Box& box, const char* name) { return box.state() / name; }
  static void remove_ledger(const Box& box) {
    for (const char* name : {"ledger.db", "ledger.db-wal", "ledger.db-shm"}) {
      std::filesystem::remove(file(box, name));
    }
  }
  bool is_withheld(const Box& box, const std::string& trip_id) {
    return eventually(
        [&] {
          const json found = settlement(box, trip_id);
          return found.is_object() && found.at("withheld") == true;
        },
        60s);
  }

  World world;
  Box first{box_in(world, "required")};
  Box second{box_in(world, "required")};
};

TEST_F(ReplacedLedger, ThatIsACopyWithItsWitnessChargesNothingThatTheOriginalMayCharge) {
  leave_a_charge_open(first, "trip-1");
  second.start();
  ASSERT_EQ(second.stop(), 0);
  remove_ledger(second);
  for (const char* name : {"ledger.db", "ledger.witness"}) {
    std::filesystem::copy_file(file(first, name), file(second, name),
                               std::filesystem::copy_options::overwrite_existing);
  }
  second.start();
  EXPECT_TRUE(is_withheld(second, "trip-1"));
  EXPECT_THAT(second.command("status").second, HasSubstr("copied or restored together"));
  first.start();
  EXPECT_TRUE(reaches(first, "trip-1", "captured"));
  take_cart(first, "trip-2");
  EXPECT_TRUE(reaches(first, "trip-2", "captured"));
  take_cart(second, "trip-2");
  EXPECT_TRUE(eventually([&] { return settlement(second, "trip-2").is_object(); }, 60s));
  take_cart(second, "trip-3");
  EXPECT_TRUE(reaches(second, "trip-3", "captured")) << "nobody brought it before";
  EXPECT_NE(settlement(second, "trip-2").at("state"), "captured");
  EXPECT_EQ(world.effects().at("captures"), 3);
  EXPECT_EQ(world.effects().at("double_captures"), 0);
}

TEST_F(ReplacedLedger, ThatWasDeletedLeavesTheOldTripsAloneAndChargesNewOnesAtOnce) {
  first.start();
  take_cart(first, "trip-1");
  ASSERT_TRUE(reaches(first, "trip-1", "captured"));
  ASSERT_EQ(first.stop(), 0);
  remove_ledger(first);
  first.start();
  take_cart(first, "trip-1");
  EXPECT_TRUE(reaches(first, "trip-1", "not_granted"));
  take_cart(first, "trip-2");
  EXPECT_TRUE(reaches(first, "trip-2", "captured")) << "its price names the new ledger";
  EXPECT_EQ(first.command("ledger accept").first, 0);
  take_cart(first, "trip-3");
  EXPECT_TRUE(reaches(first, "trip-3", "captured"));
  EXPECT_EQ(settlement(first, "trip-1").at("state"), "not_granted");
  EXPECT_EQ(world.effects().at("captures"), 3);
  EXPECT_EQ(world.effects().at("double_captures"), 0);
}

TEST_F(ReplacedLedger, ThatIsAnOlderCopyWithholdsWhatTheCloudHadFromItBefore) {
  leave_a_charge_open(first, "trip-1");
  const auto copy = file(first, "copy.db");
  std::filesystem::copy_file(file(first, "ledger.db"), copy);
  first.start();
  ASSERT_TRUE(reaches(first, "trip-1", "captured"));
  take_cart(first, "trip-2");
  ASSERT_TRUE(reaches(first, "trip-2", "captured"));
  ASSERT_EQ(first.stop(), 0);
  remove_ledger(first);
  std::filesystem::copy_file(copy, file(first, "ledger.db"));
  first.start();
  EXPECT_TRUE(is_withheld(first, "trip-1"));
  take_cart(first, "trip-2");
  EXPECT_TRUE(is_withheld(first, "trip-2")) << "its price names an earlier era";
  take_cart(first, "trip-3");
  EXPECT_TRUE(reaches(first, "trip-3", "captured"));
  EXPECT_EQ(settlement(first, "trip-2").at("withheld"), true);
  EXPECT_EQ(world.effects().at("captures"), 3);
  EXPECT_EQ(world.effects().at("double_captures"), 0);
}

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
