// The whole way of a trip through real processes: scan, cart, cloud, price, Amazon, record.
#include <gmock/gmock.h>

#include <random>

#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"
#include "tests/end_to_end/world.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

class Vertical : public testing::Test {
 protected:
  void wait_for_shoppers() {
    ASSERT_TRUE(eventually(
        [this] {
          const auto reply = get(box_.local_port(), "/local/v1/status");
          return nlohmann::json::parse(reply.body).at("cache").at("complete") == true;
        },
        20s));
  }
  [[nodiscard]] std::filesystem::path report(int round) const {
    return folder_.path() / ("report" + std::to_string(round) + ".json");
  }

  child::TemporaryFolder folder_;
  World world_;
  Box box_{attached_to(world_)};
};

TEST_F(Vertical, AcknowledgedCartsAreDeliveredOnceAndPricedCardTripsCapturedOnce) {
  box_.start();
  wait_for_shoppers();
  Shop shop(box_.gate_url(), {.card = 40, .app = 20, .seed = 1}, report(0));
  ASSERT_TRUE(shop.finish(60s));
  EXPECT_EQ(audit(world_, {report(0)}, 60s), "");
  EXPECT_EQ(world_.effects().at("signature_refusals"), 0);
}

TEST_F(Vertical, AnOutageOfCloudAndAmazonOnlyDelaysWhatWasAcknowledged) {
  box_.start();
  wait_for_shoppers();
  world_.outage("cloud", "refuse", 2000ms);
  world_.outage("payments", "lost_answer", 2000ms);
  Shop shop(box_.gate_url(), {.card = 30, .app = 10, .seed = 2}, report(0));
  ASSERT_TRUE(shop.finish(60s)) << "the gate must acknowledge while the line is down";
  // A capture without an answer is asked about after two minutes.
  EXPECT_EQ(audit(world_, {report(0)}, 240s, box_.state() / "ledger.db"), "");
  EXPECT_EQ(world_.effects().at("double_captures"), 0);
}

// The promise of the product. The daemon is killed at random moments while carts arrive and
// payments run; whatever was acknowledged must have its effect once, whatever was cut off at most.
TEST_F(Vertical, KilledAtRandomMomentsItLosesAndDoublesNothing) {
  std::mt19937 random(std::random_device{}());
  std::vector<std::filesystem::path> reports;
  BoxOptions options = attached_to(world_);
  options.more = "[gate]\nlisten = \"" + (folder_.path() / "gate.sock").string() + "\"\n";
  Box box(options);
  box.start();
  reports.push_back(report(0));
  Shop shop("unix:" + (folder_.path() / "gate.sock").string(),
            {.card = 150, .app = 50, .seed = 3, .per_second = 60}, reports.back());
  for (int round = 0; round < 6; ++round) {
    (void)shop.finish(std::chrono::milliseconds(100 + random() % 500));
    box.kill();
    box.start();
  }
  ASSERT_TRUE(shop.finish(90s));
  // What was cut off is asked about after two minutes, and held where it did not happen.
  EXPECT_EQ(audit(world_, reports, 240s, box.state() / "ledger.db"), "");
  EXPECT_EQ(world_.effects().at("double_captures"), 0);
}

TEST_F(Vertical, FaultsOfEveryKindAreSurvived) {
  box_.start();
  wait_for_shoppers();
  world_.faults({{"payments",
                  {{"lost_answer", 0.05},
                   {"http_500_before", 0.05},
                   {"http_500_after", 0.05},
                   {"pending", 0.05}}},
                 {"cloud", {{"lost_answer", 0.1}, {"http_500_before", 0.1}}}});
  Shop shop(box_.gate_url(), {.card = 40, .app = 10, .seed = 4}, report(0));
  ASSERT_TRUE(shop.finish(60s));
  EXPECT_EQ(audit(world_, {report(0)}, 240s, box_.state() / "ledger.db"), "");
  EXPECT_EQ(world_.effects().at("double_captures"), 0);
}

TEST_F(Vertical, ARepeatedCartGetsTheSamePurchaseIdAlsoAfterAKill) {
  box_.start();
  const auto first = post(box_.gate_port(), "/v1/order/purchases", cart("trip-1"));
  ASSERT_EQ(first.status, 201);
  box_.kill();
  box_.start();
  const auto again = post(box_.gate_port(), "/v1/order/purchases", cart("trip-1"));
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  ASSERT_TRUE(eventually([this] { return world_.effects().at("carts_delivered") == 1; }, 10s));
}

TEST_F(Vertical, AnOperatorSeesTheTripAndItsCharge) {
  box_.start();
  ASSERT_EQ(post(box_.gate_port(), "/v1/order/purchases", cart("trip-2")).status, 201);
  const auto captured = [this] {
    const auto [status, output] = box_.command("trip show trip-2 --json");
    return status == 0 && output.find("\"captured\"") != std::string::npos;
  };
  EXPECT_TRUE(eventually(captured, 20s)) << box_.command("trip show trip-2 --json").second;
  const auto [status, table] = box_.command("status");
  EXPECT_THAT(table, testing::HasSubstr("STORE-001"));
}

TEST_F(Vertical, AnUnknownCodeIsRejectedAndABlockedOneToo) {
  box_.start();
  wait_for_shoppers();
  const auto reply = post(box_.gate_port(), "/v1/identity/scan", scan("nobody-has-this-code"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(
      nlohmann::json::parse(reply.body),
      nlohmann::json({{"id", "nobody-has-this-code"}, {"type", "SHOPPER"}, {"action", "REJECT"}}));
}

}  // namespace
}  // namespace gatehouse::end_to_end
