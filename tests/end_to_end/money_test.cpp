// What happens to the money of a trip besides the plain charge: checkout, refunds, reports, and
// what a person decides, through real processes.
#include <gmock/gmock.h>

#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"
#include "tests/end_to_end/world.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;

std::string settlement_state(const Box& box, const std::string& trip_id) {
  const auto [status, output] = box.command("trip show " + trip_id + " --json");
  if (status != 0) return output;
  return nlohmann::json::parse(output).at("settlement").at("state");
}

bool reaches(const Box& box, const std::string& trip_id, const std::string& state) {
  return eventually([&] { return settlement_state(box, trip_id) == state; }, 60s);
}

TEST(Money, IsChargedOnceByTheCheckoutServiceThroughAKill) {
  const World world({"--checkout"});
  const child::TemporaryFolder folder;
  BoxOptions options = attached_to(world);
  options.settlement = "checkout";
  options.more = "[gate]\nlisten = \"" + (folder.path() / "gate.sock").string() + "\"\n";
  Box box(options);
  box.start();
  const auto report = folder.path() / "report.json";
  Shop shop("unix:" + (folder.path() / "gate.sock").string(),
            {.card = 60, .app = 20, .seed = 8, .per_second = 60}, report);
  (void)shop.finish(500ms);
  box.kill();
  box.start();
  ASSERT_TRUE(shop.finish(60s));
  EXPECT_EQ(audit(world, {report}, 60s, box.state() / "ledger.db", "checkout"), "");
}

class OperatorOfMoney : public testing::Test {
 protected:
  void take_cart(const std::string& trip_id) {
    ASSERT_EQ(post(box_.gate_port(), "/v1/order/purchases", cart(trip_id)).status, 201);
  }
  World world_;
  BoxOptions options_ = attached_to(world_);
  Box box_{options_};
};

TEST_F(OperatorOfMoney, RefundsOnceAndTheCloudHearsOfIt) {
  box_.start();
  take_cart("trip-1");
  ASSERT_TRUE(reaches(box_, "trip-1", "captured"));
  const std::string refund =
      "trip refund trip-1 0.50 USD DAMAGED_ITEM --request-id 11111111-2222-4333-8444-555555555555";
  EXPECT_EQ(box_.command(refund).first, 0);
  EXPECT_THAT(box_.command(refund).second, HasSubstr("identical"));
  ASSERT_TRUE(eventually([this] { return world_.effects().at("refunds") == 1; }, 20s));
  ASSERT_TRUE(eventually(
      [this] {
        const auto listed = box_.command("records list --state delivered").second;
        return listed.find("refund_record") != std::string::npos;
      },
      20s))
      << box_.command("records list").second;
  EXPECT_EQ(box_.command("trip refund trip-1 9999 USD OTHER").first, 1);
  EXPECT_EQ(world_.effects().at("refunds_refused"), 0) << "the box itself refuses it";
}

TEST_F(OperatorOfMoney, IsObeyedWhenAChargeIsHeldReleasedAndCancelled) {
  box_.start();
  world_.scenario("[payments]\nclosed_before = 1.0");  // so that there is time to decide
  take_cart("trip-1");
  take_cart("trip-2");
  const auto held = [this](const std::string& trip_id) {
    return eventually([&] { return box_.command("trip hold " + trip_id).first == 0; }, 20s);
  };
  ASSERT_TRUE(held("trip-1"));
  ASSERT_TRUE(held("trip-2"));
  EXPECT_EQ(box_.command("status").first, 1) << "held charges are critical";
  world_.scenario("");
  EXPECT_EQ(box_.command("trip cancel trip-2").first, 0);
  ASSERT_TRUE(reaches(box_, "trip-2", "cancelled"));
  EXPECT_EQ(settlement_state(box_, "trip-1"), "held");
  EXPECT_EQ(box_.command("trip release trip-1").first, 0);
  ASSERT_TRUE(reaches(box_, "trip-1", "captured"));
}

TEST_F(OperatorOfMoney, SeesThePaymentStatusReported) {
  options_.environment["GATEHOUSE_JWO_REPORT_PAYMENT_STATUS"] = "true";
  options_.environment["GATEHOUSE_JWO_FEEDBACK_URL"] = world_.url();
  Box box(options_);
  box.start();
  ASSERT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-1")).status, 201);
  ASSERT_TRUE(eventually([this] { return world_.effects().at("status_reports") == 1; }, 20s));
}

TEST_F(OperatorOfMoney, IsAskedByARecordAndAnsweredByTheDesk) {
  box_.start();
  world_.scenario("desk_decides = true\n[payments]\nclosed_before = 1.0");
  take_cart("trip-1");
  ASSERT_TRUE(eventually([this] { return box_.command("trip hold trip-1").first == 0; }, 20s));
  world_.scenario("desk_decides = true");
  ASSERT_TRUE(eventually([this] { return settlement_state(box_, "trip-1") == "captured"; }, 90s))
      << "held by an operator, and charged by the word of the desk within a minute";
  EXPECT_THAT(box_.command("trip show trip-1").second,
              HasSubstr("decided at the cloud by the desk: charge it"));
}

}  // namespace
}  // namespace gatehouse::end_to_end
