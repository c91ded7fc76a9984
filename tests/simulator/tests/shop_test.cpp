#include "tests/simulator/shop/shop.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <set>

#include "daemon/http/server.hpp"
#include "tests/simulator/audit.hpp"
#include "tests/simulator/tests/fake_gate.hpp"
#include "tests/simulator/world/world.hpp"

namespace gatehouse::simulator {
namespace {

constexpr PlanOptions plan{.seed = 7,
                           .shoppers = 200,
                           .card_trips = 40,
                           .app_trips = 20,
                           .empty_percent = 10,
                           .unknown_percent = 10,
                           .duplicates_percent = 20};

std::set<std::string> welcome_keys() {
  std::set<std::string> keys;
  const Population population(plan.seed, plan.shoppers);
  for (std::uint64_t i = 0; i < population.size(); ++i) {
    const auto shopper = population.shopper(i);
    if (!shopper.blocked) keys.insert(shopper.keys.begin(), shopper.keys.end());
  }
  return keys;
}

/// World, gate and shop on one loop, over real sockets.
class ShopTest : public testing::Test {
 protected:
  ShopReport shop(http::Handler gate,
                  std::chrono::milliseconds retry_max = std::chrono::seconds(60),
                  const PlanOptions& played = plan) {
    http::Server server(loop, {}, std::move(gate));
    EXPECT_TRUE(server.listen("127.0.0.1:0"));
    ShopOptions shopping;
    shopping.plan = played;
    shopping.late = std::chrono::milliseconds(50);
    shopping.retry_max = retry_max;
    shopping.gate = *resolve("http://127.0.0.1:" + std::to_string(server.port()));
    if (second) {
      EXPECT_TRUE(second->listen("127.0.0.1:0"));
      shopping.second_gate = *resolve("http://127.0.0.1:" + std::to_string(second->port()));
    }
    Shop shop(loop, shopping, clock);
    shop.start([&] {
      server.close();
      if (second) second->close();
    });
    loop.run();
    return std::move(shop.report());
  }
  nlohmann::json effects() {
    const auto answer =
        ask(loop, world.handler(), {boost::beast::http::verb::get, "/sim/effects", "", {}});
    return nlohmann::json::parse(answer.body);
  }

  SystemClock clock;
  boost::asio::io_context loop{1};
  std::optional<http::Server> second;  ///< of a second box, where a test has one
  WorldOptions options{.seed = plan.seed, .shoppers = plan.shoppers};
  World world{loop, options, clock};
};

TEST_F(ShopTest, PlaysEveryTripAndTheAuditIsClean) {
  FakeGate gate(world.handler(), welcome_keys(), options.signing, clock, false);
  const auto report = shop(gate.handler());
  EXPECT_EQ(report.acknowledged(), 60U);
  EXPECT_EQ(report.scans.accepted, 60U);
  EXPECT_GT(report.scans.rejected, 0U);
  EXPECT_EQ(report.scans.errors, 0U);
  EXPECT_GT(report.carts_sent_twice, 0U);
  EXPECT_EQ(report.mismatching_purchase_ids, 0U);
  const auto result = audit(report.trips, effects());
  EXPECT_TRUE(result.clean()) << result.table();
  EXPECT_GT(result.captured, 30U);
}

TEST_F(ShopTest, SendsCartsAgainUntilTheyAreAcknowledged) {
  FakeGate gate(world.handler(), welcome_keys(), options.signing, clock, true);
  const auto report = shop(gate.handler());
  EXPECT_EQ(report.acknowledged(), 60U);
  EXPECT_GT(report.cart_attempts, 80U);
  const auto result = audit(report.trips, effects());
  EXPECT_TRUE(result.clean()) << result.table();
}

TEST_F(ShopTest, SendsCartsAgainInEveryWayThatAmazonMight) {
  FakeGate gate(world.handler(), welcome_keys(), options.signing, clock, false);
  auto repeating = plan;
  repeating.duplicates_percent = 0;
  repeating.same_cart_percent = 20;
  repeating.new_request_percent = 20;
  repeating.reordered_percent = 20;
  repeating.late_percent = 20;
  const auto report = shop(gate.handler(), std::chrono::seconds(60), repeating);
  EXPECT_GT(report.carts_reordered, 4U);
  EXPECT_GT(report.carts_late, 4U);
  EXPECT_GT(report.carts_sent_twice, report.carts_reordered + report.carts_late + 8);
  EXPECT_EQ(report.mismatching_purchase_ids, 0U);
  const auto several = [](const TripReport& trip) { return trip.sent_sha256.size() > 1; };
  EXPECT_GT(std::ranges::count_if(report.trips, several), 5);
  const auto result = audit(report.trips, effects());
  EXPECT_TRUE(result.clean()) << result.table();
}

TEST_F(ShopTest, SendsAReorderedCartAfterALaterTrip) {
  std::vector<std::string> arrived;
  const auto noting = [&](const http::Request& request) -> boost::asio::awaitable<http::Answer> {
    if (request.path() == "/v1/order/purchases") arrived.push_back(trip_in(request.body));
    http::Answer answer;
    answer.status = 201;
    answer.body = R"({"purchaseId":"P"})";
    co_return answer;
  };
  auto repeating = plan;
  repeating.duplicates_percent = 0;
  repeating.reordered_percent = 30;
  (void)shop(noting, std::chrono::seconds(60), repeating);
  int reordered = 0;
  for (std::size_t i = 0; i < arrived.size(); ++i) {
    const auto again =
        std::find(arrived.begin() + static_cast<std::ptrdiff_t>(i) + 1, arrived.end(), arrived[i]);
    if (again == arrived.end()) continue;
    ++reordered;
    EXPECT_NE(again, arrived.begin() + static_cast<std::ptrdiff_t>(i) + 1) << "nothing between";
  }
  EXPECT_GT(reordered, 5);
}

TEST_F(ShopTest, BringsWhatIsAcknowledgedToASecondGateByteForByte) {
  std::set<std::string> first;
  std::set<std::string> other;
  const auto noting = [](std::set<std::string>& bodies) {
    return [&bodies](const http::Request& request) -> boost::asio::awaitable<http::Answer> {
      if (request.path() == "/v1/order/purchases") bodies.insert(std::string(request.body));
      co_return http::Answer{.status = 201, .body = R"({"purchaseId":"P"})"};
    };
  };
  second.emplace(loop, http::Limits{}, noting(other));
  auto once = plan;
  once.duplicates_percent = 0;
  const auto report = shop(noting(first), std::chrono::seconds(60), once);
  EXPECT_EQ(report.acknowledged(), 60U);
  EXPECT_EQ(first.size(), 60U);
  EXPECT_EQ(other, first);
}

TEST_F(ShopTest, GivesUpWhenTheRetryTimeIsOver) {
  const auto busy = [](const http::Request&) -> boost::asio::awaitable<http::Answer> {
    http::Answer answer;
    answer.status = 503;
    answer.body = R"({"errorMsg":"busy"})";
    co_return answer;
  };
  const auto report = shop(busy, std::chrono::milliseconds(0));
  EXPECT_EQ(report.acknowledged(), 0U);
  EXPECT_EQ(report.scans.accepted + report.scans.rejected, 0U);
  EXPECT_GE(report.scans.errors, 60U);
  EXPECT_EQ(report.cart_attempts, 60U);
  EXPECT_EQ(report.trips.front().reason, "503 busy");
}

TEST_F(ShopTest, DoesNotRepeatACartThatWasRefused) {
  const auto refusing = [](const http::Request&) -> boost::asio::awaitable<http::Answer> {
    http::Answer answer;
    answer.status = 400;
    answer.body = R"({"errorMsg":"no"})";
    co_return answer;
  };
  const auto report = shop(refusing);
  EXPECT_EQ(report.cart_attempts, 60U);
  EXPECT_EQ(report.trips.front().reason, "400 no");
}

TEST_F(ShopTest, NoticesAnotherPurchaseIdForTheSameTrip) {
  int number = 0;
  const auto forgetful = [&](const http::Request&) -> boost::asio::awaitable<http::Answer> {
    http::Answer answer;
    answer.status = 201;
    answer.body = R"({"purchaseId":"P-)" + std::to_string(++number) + R"("})";
    co_return answer;
  };
  const auto report = shop(forgetful);
  EXPECT_EQ(report.acknowledged(), 60U);
  EXPECT_GE(report.mismatching_purchase_ids, report.carts_sent_twice);
  EXPECT_GT(report.carts_sent_twice, 0U);
}

TEST(Address, IsHttpOrUnix) {
  EXPECT_TRUE(resolve("http://127.0.0.1:8080"));
  EXPECT_TRUE(resolve("http://[::1]:8080/"));
  EXPECT_TRUE(resolve("unix:/run/x.sock"));
  EXPECT_FALSE(resolve("https://127.0.0.1:8080"));
  EXPECT_FALSE(resolve("127.0.0.1:8080"));
  EXPECT_FALSE(resolve("http://127.0.0.1:port"));
}

}  // namespace
}  // namespace gatehouse::simulator
