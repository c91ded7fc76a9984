// Carts that are answered 400 are kept, over a real server and a real ledger.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "daemon/gate/connector/refused_carts.hpp"
#include "store/ledger/ledger_reader.hpp"
#include "store/sqlite/database.hpp"
#include "tests/daemon/gate/running_gate.hpp"
#include "tests/daemon/gate/samples.hpp"

namespace gatehouse::gate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view path = "/v1/order/purchases";

class RefusedCart : public testing::Test {
 protected:
  /// Waits for what became of so many.
  void wait_for(RefusedKeeping keeping, int count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (gate.observer().count(keeping) < count) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::yield();
    }
  }
  std::vector<store::RefusedCart> kept() {
    auto reader = store::LedgerReader::open(gate.ledger_file());
    return reader->refused_carts(0, 100).value();
  }
  std::string bytes(std::int64_t id) {
    auto reader = store::LedgerReader::open(gate.ledger_file());
    return reader->bytes_of_refused(id).value();
  }
  static json palm_cart() {
    json cart = sample_cart();
    cart["shoppingTrip"]["authEvents"][0]["payloadType"] = "PALM";
    return cart;
  }
  RunningGate gate;
};

TEST_F(RefusedCart, IsAnswered400AsEverAndKeptWithTripAndReason) {
  GateOptions options = RunningGate::default_options();
  options.log_calls_per_second = 50;
  gate.reload(std::move(options));
  const auto heard = gate.send_cart(palm_cart());
  EXPECT_EQ(heard.status, 400);
  EXPECT_THAT(heard.body["errorMsg"].get<std::string>(), Not(HasSubstr("PALM")));
  wait_for(RefusedKeeping::kept, 1);
  const auto carts = kept();
  ASSERT_EQ(carts.size(), 1U);
  EXPECT_EQ(carts[0].trip_id, "11111111-2222-3333-4444-555555555555");
  EXPECT_THAT(carts[0].reason, HasSubstr("payloadType has another value (PALM)"));
  EXPECT_EQ(carts[0].caller, "127.0.0.1");
  EXPECT_EQ(bytes(carts[0].id), palm_cart().dump());
  EXPECT_THAT(gate.log(), HasSubstr("(PALM); expected FINANCIAL, SCAN_CODE or a type that "
                                    "gate.payload_types lists"));
}

TEST_F(RefusedCart, IsOneHoweverOftenAmazonRepeatsItUnderANewRequestId) {
  json cart = palm_cart();
  EXPECT_EQ(gate.send_cart(cart).status, 400);
  wait_for(RefusedKeeping::kept, 1);
  cart["requestId"] = "ffffffff-e5f6-7890-abcd-ef1234567890";
  EXPECT_EQ(gate.send_cart(cart).status, 400);
  wait_for(RefusedKeeping::repeated, 1);
  ASSERT_EQ(kept().size(), 1U);
  EXPECT_EQ(kept()[0].times, 2);
}

TEST_F(RefusedCart, IsKeptWithoutItsCardNumbersWhateverElseItIs) {
  const std::string body = R"({"pan": "4111 1111 1111 1111", "half": 4111111111111111)";
  EXPECT_EQ(gate.ask(post_request(path, body)).status, 400);
  wait_for(RefusedKeeping::kept, 1);
  EXPECT_EQ(bytes(kept().at(0).id), R"({"pan": "**** **** **** ****", "half": ****************)");
}

TEST_F(RefusedCart, NamesNoCardNumberThatCameInAnotherField) {
  GateOptions options = RunningGate::default_options();
  options.log_calls_per_second = 50;
  gate.reload(std::move(options));
  json cart = sample_cart();
  cart["idempotentShoppingTripId"] = "4111111111111111";
  cart["shoppingTrip"]["authEvents"][0]["payloadType"] = "4111-1111-1111-1111";
  EXPECT_EQ(gate.send_cart(cart).status, 400);
  wait_for(RefusedKeeping::kept, 1);
  EXPECT_EQ(kept().at(0).trip_id, "****************");
  EXPECT_THAT(kept().at(0).reason, Not(HasSubstr("1111")));
  EXPECT_THAT(gate.log(), Not(HasSubstr("1111")));
  EXPECT_THAT(gate.log(), HasSubstr("tripId=**************** status=400"));
}

TEST_F(RefusedCart, OfAnotherStoreIsKept) {
  json cart = sample_cart();
  cart["storeId"] = "STORE-777";
  EXPECT_EQ(gate.send_cart(cart).status, 400);
  wait_for(RefusedKeeping::kept, 1);
  EXPECT_THAT(kept().at(0).reason, HasSubstr("storeId"));
}

TEST_F(RefusedCart, OfTheSelftestOrWithoutABodyIsNot) {
  json cart = palm_cart();
  cart["idempotentShoppingTripId"] = "5e1f7e57-0000-4000-8000-000000000000";
  EXPECT_EQ(gate.send_cart(cart).status, 400);
  cart.erase("idempotentShoppingTripId");
  cart["shopperDeviceId"] = "gatehouse-selftest";
  EXPECT_EQ(gate.send_cart(cart).status, 400);
  EXPECT_EQ(gate.ask(post_request(path, "")).status, 400);
  EXPECT_EQ(gate.send_cart(palm_cart()).status, 400);
  wait_for(RefusedKeeping::kept, 1);
  EXPECT_EQ(kept().size(), 1U);
}

TEST_F(RefusedCart, ThatOnlyMentionsTheSelftestIsKept) {
  json cart = palm_cart();
  cart["cartItems"][0]["id"] = "SELFTEST-001";
  cart["shopperIdentity"]["id"] = "gatehouse-selftest";
  EXPECT_EQ(gate.send_cart(cart).status, 400);
  wait_for(RefusedKeeping::kept, 1);
}

TEST_F(RefusedCart, DoesNotWaitForTheDiskAndAFloodOfThemIsBounded) {
  gate.hold_ledger();
  Caller caller = gate.connect();
  for (std::size_t i = 0; i < RefusedCarts::waiting_max + 3; ++i) {
    json cart = palm_cart();
    cart["idempotentShoppingTripId"] = fmt::format("trip-{}", i);
    caller.send(post_request(path, cart.dump()));
    EXPECT_EQ(caller.hear().status, 400);
  }
  EXPECT_EQ(gate.observer().count(RefusedKeeping::too_many), 3);
  const auto first_of_them = fmt::format(
      "could not be kept, trip trip-{}: too many of them at a "
      "time: shoppingTrip.authEvents[0].payloadType",
      RefusedCarts::waiting_max);
  EXPECT_THAT(gate.log(), HasSubstr(first_of_them));
  gate.let_ledger_go();
  wait_for(RefusedKeeping::kept, static_cast<int>(RefusedCarts::waiting_max));
  EXPECT_EQ(gate.send_cart(sample_cart()).status, 201);
  EXPECT_EQ(gate.send_cart(palm_cart()).status, 400);
  wait_for(RefusedKeeping::kept, static_cast<int>(RefusedCarts::waiting_max) + 1);
}

TEST_F(RefusedCart, ThatIsBeyondTheLimitIsSaidWithTripAndReason) {
  {
    auto database =
        store::sqlite::Database::open(gate.ledger_file(), store::sqlite::Access::create);
    ASSERT_TRUE(database->execute(
        "INSERT INTO refused_share (caller, carts, bytes) VALUES ('*', 10000, 1)"));
  }
  EXPECT_EQ(gate.send_cart(palm_cart()).status, 400);
  wait_for(RefusedKeeping::full, 1);
  EXPECT_THAT(gate.log(), HasSubstr("could not be kept, trip 11111111-2222-3333-4444-555555555555: "
                                    "10,000 of them"));
  EXPECT_TRUE(kept().empty());
}

TEST_F(RefusedCart, IsTakenOnceItsPayloadTypeIsConfigured) {
  GateOptions options = RunningGate::default_options();
  options.cart_rules.payload_types = {{"PALM", store::Entry::card}};
  gate.reload(std::move(options));
  EXPECT_EQ(gate.send_cart(palm_cart()).status, 201);
}

TEST(CartTurnedAway, IsCountedWithoutTheTokenAndTooLarge) {
  GateOptions options = RunningGate::default_options();
  options.bearer_token = "s3cret-token";
  RunningGate gate(std::move(options));
  EXPECT_EQ(gate.ask(post_request(path, "{}")).status, 401);
  EXPECT_EQ(gate.ask(post_request("/v1/identity/scan", "{}")).status, 401);
  EXPECT_EQ(gate.observer().count_turned_away(401), 1);
  const std::string large(2'000'000, ' ');
  const std::string_view token = "Authorization: Bearer s3cret-token\r\n";
  for (const auto where : {path, std::string_view("/v1/identity/scan")}) {
    Caller caller = gate.connect();
    caller.send(post_request(where, large, token).substr(0, 1'000));
    EXPECT_EQ(caller.hear_last().status, 413);
  }
  EXPECT_EQ(gate.observer().count_turned_away(413), 1);
}

}  // namespace
}  // namespace gatehouse::gate
