#include "tests/simulator/world/amazon/checkout.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/simulator/tests/asking.hpp"
#include "tests/simulator/world/retailer/checkout_cart.hpp"

namespace gatehouse::simulator {
namespace {

using nlohmann::json;

constexpr auto carts_path = "/v1/checkout/carts";

class CheckoutTest : public testing::Test {
 protected:
  http::Answer post(const json& body, Verdict verdict = Verdict::approved) {
    return post_text(body.dump(), verdict);
  }
  http::Answer post_text(const std::string& body, Verdict verdict = Verdict::approved) {
    const auto asked = signed_post(carts_path, body, scope, clock.wall());
    return checkout.answer(asked.request(), verdict);
  }
  /// Amazon's own sample (services.md 3).
  static json sample() {
    const auto usd = [](const char* amount) {
      return json{{"amount", amount}, {"currencyCode", "USD"}};
    };
    return {{"idempotentShoppingTripId", "t-1"},
            {"storeId", "STORE-001"},
            {"lineItems",
             {{{"productId", "P-1"},
               {"type", "SKU"},
               {"quantity", {{"value", "1.0"}, {"unit", "each"}}},
               {"unitPrice",
                {{"totalPrice", usd("0.99")},
                 {"price", usd("1.00")},
                 {"salesTax", usd("0.00")},
                 {"promotions",
                  {{{"promotionAmount", usd("0.01")}, {"promotionDescription", "a cent"}}}}}}}}},
            {"orderTotals",
             {{"priceTotal", usd("0.99")},
              {"subTotal", usd("1.00")},
              {"promotionsTotal", usd("0.01")},
              {"salesTaxTotal", usd("0.00")}}}};
  }
  void expect_refused(const json& body, const std::string& name) {
    const auto answer = post(body);
    EXPECT_EQ(answer.status, 400U) << body;
    EXPECT_EQ(json::parse(answer.body)["errorMsg"], name) << body;
  }

  SystemClock clock;
  Effects effects;
  SigningScope scope{.access_key_id = "AKIDEXAMPLE",
                     .secret_access_key = "secret",
                     .session_token = "",
                     .region = "us-east-1",
                     .service = "execute-api"};
  Checkout checkout{"STORE-001", scope, clock, effects};
};

TEST_F(CheckoutTest, Case1SuccessfulCheckoutOncePerTrip) {
  const auto first = post(sample());
  EXPECT_EQ(first.status, 201U) << first.body;
  const auto order_id = json::parse(first.body)["orderId"].get<std::string>();
  EXPECT_FALSE(order_id.empty());
  EXPECT_EQ(post(sample()).body, first.body);
  EXPECT_EQ(effects.of_trip("t-1")["checkout"],
            (json{{"currency", "USD"}, {"total_minor", 99}, {"effects", 1}}));
  EXPECT_EQ(effects.summary()["checkouts_repeated"], 1);
  EXPECT_EQ(effects.summary()["checkouts_differing"], 0);
  EXPECT_EQ(effects.summary()["sums"]["USD"]["checked_out"], "0.99");
}

TEST_F(CheckoutTest, CountsOtherContentsForTheSameTrip) {
  const auto first = post(sample());
  auto other = sample();
  other["lineItems"][0]["productId"] = "P-2";
  EXPECT_EQ(post(other).body, first.body);
  EXPECT_EQ(effects.summary()["checkouts_differing"], 1);
}

TEST_F(CheckoutTest, Case2UnknownTripAndCase6ExpiredTripByTheirNames) {
  EXPECT_EQ(post(sample(), Verdict::unknown_trip).body,
            R"({"errorMsg":"UnknownShoppingTripException"})");
  EXPECT_EQ(post(sample(), Verdict::expired_trip).body,
            R"({"errorMsg":"ShoppingTripExpiredException"})");
  checkout.forget("t-1");
  expect_refused(sample(), "UnknownShoppingTripException");
  EXPECT_EQ(effects.summary()["checkouts"], 0);
}

TEST_F(CheckoutTest, Case3MissingRequiredFields) {
  for (const auto* name : {"idempotentShoppingTripId", "storeId", "lineItems"}) {
    auto body = sample();
    body.erase(name);
    expect_refused(body, "BadRequestException");
  }
  for (const auto* name : {"productId", "type", "quantity", "unitPrice"}) {
    auto body = sample();
    body["lineItems"][0].erase(name);
    expect_refused(body, "BadRequestException");
  }
  auto elsewhere = sample();
  elsewhere["storeId"] = "OTHER";
  expect_refused(elsewhere, "BadRequestException");
  EXPECT_EQ(post_text("no JSON").status, 400U);
}

TEST_F(CheckoutTest, RefusesAmountsWithoutTwoDecimals) {
  for (const auto& amount : {json("1"), json("1.0"), json("1.000"), json(1.0), json("-1.00")}) {
    auto body = sample();
    body["lineItems"][0]["unitPrice"]["price"]["amount"] = amount;
    expect_refused(body, "BadRequestException");
  }
  auto mixed = sample();
  mixed["lineItems"][0]["unitPrice"]["price"]["currencyCode"] = "EUR";
  expect_refused(mixed, "BadRequestException");
}

TEST_F(CheckoutTest, Case4EmptyCartAndContentsThatDoNotAddUp) {
  auto empty = sample();
  empty["lineItems"] = json::array();
  expect_refused(empty, "CartContentValidationFailed");
  for (const auto* name : {"priceTotal", "subTotal", "promotionsTotal", "salesTaxTotal"}) {
    auto body = sample();
    body["orderTotals"][name]["amount"] = "7.77";
    expect_refused(body, "CartContentValidationFailed");
  }
  auto line = sample();
  line["lineItems"][0]["unitPrice"]["totalPrice"]["amount"] = "0.98";
  expect_refused(line, "CartContentValidationFailed");
}

TEST_F(CheckoutTest, Case5MissingPriceInTheTotals) {
  auto body = sample();
  body["orderTotals"].erase("priceTotal");
  expect_refused(body, "CartOrderTotalInvalid");
  body = sample();
  body.erase("orderTotals");
  expect_refused(body, "CartOrderTotalInvalid");
}

TEST_F(CheckoutTest, Case7IsTheGatewaysForbidden) {
  const Asked bare{boost::beast::http::verb::post, carts_path, sample().dump(), {}};
  EXPECT_EQ(checkout.answer(bare.request(), Verdict::approved).status, 403U);
}

TEST_F(CheckoutTest, TakesWhatTheCloudPrices) {
  const PricedCart priced{
      .empty = false, .card_entry = true, .total_minor = 1234, .lines = {{"A", 617}, {"B", 617}}};
  for (const auto* currency : {"USD", "JPY"}) {
    json body = json::parse(checkout_cart(priced, currency).dump());
    body["idempotentShoppingTripId"] = std::string("priced-") + currency;
    body["storeId"] = "STORE-001";
    const auto answer = post(body);
    EXPECT_EQ(answer.status, 201U) << answer.body << body;
  }
  EXPECT_EQ(effects.of_trip("priced-JPY")["checkout"]["total_minor"], 1234);
}

}  // namespace
}  // namespace gatehouse::simulator
