#include "sync/amazon/checkout_cart.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace gatehouse::sync {
namespace {

using Json = nlohmann::ordered_json;

Json money(const char* amount) {
  return {{"amount", amount}, {"currencyCode", "USD"}};
}

Json line(const char* price, const char* promotion, const char* total) {
  return {{"productId", "SKU-1"},
          {"type", "SKU"},
          {"quantity", {{"value", "1.0"}, {"unit", "each"}}},
          {"unitPrice",
           {{"totalPrice", money(total)},
            {"price", money(price)},
            {"salesTax", money("0.00")},
            {"promotions",
             {{{"promotionAmount", money(promotion)}, {"promotionDescription", "off"}}}}}}};
}

/// Amazon's own sample (services.md 3).
Json sample() {
  return {{"lineItems", {line("1.00", "0.01", "0.99")}},
          {"orderTotals",
           {{"priceTotal", money("0.99")},
            {"subTotal", money("1.00")},
            {"promotionsTotal", money("0.01")},
            {"salesTaxTotal", money("0.00")}}}};
}

/// What is wrong with it comes back as an error; that it is not found throws.
Result<CheckoutCart> read(const Json& cart) {
  auto found = checkout_cart_in(Json{{"checkoutCart", cart}}.dump(), "STORE-001", "T1");
  if (!found) return propagate(found);
  return found->value();
}

std::string error(const Json& cart) {
  const auto result = read(cart);
  return result ? "" : result.error().message;
}

TEST(CheckoutCart, TakesAmazonsOwnSampleAndPutsTripAndStoreIn) {
  const auto cart = read(sample());
  ASSERT_TRUE(cart) << cart.error().message;
  EXPECT_EQ(cart->total, (Money{99, "USD"}));
  const Json sent = Json::parse(cart->text);
  EXPECT_EQ(sent["idempotentShoppingTripId"], "T1");
  EXPECT_EQ(sent["storeId"], "STORE-001");
  EXPECT_EQ(sent["lineItems"], sample()["lineItems"]);
}

TEST(CheckoutCart, IsFoundInTheCloudsAnswer) {
  const auto answer = Json{{"purchaseId", "p"}, {"checkoutCart", sample()}}.dump();
  const auto found = checkout_cart_in(answer, "STORE-001", "T1");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->total.minor, 99);
  for (const char* none : {"", "[]", "{}", R"({"charge":{"amount":"1","code":"USD"}})", "<html>"}) {
    const auto nothing = checkout_cart_in(none, "STORE-001", "T1");
    EXPECT_TRUE(nothing && !*nothing) << none;
  }
}

TEST(CheckoutCart, IsRefusedWhenItBelongsToAnotherTripOrStore) {
  auto cart = sample();
  cart["idempotentShoppingTripId"] = "T2";
  EXPECT_NE(error(cart).find("idempotentShoppingTripId"), std::string::npos);
  cart["idempotentShoppingTripId"] = "T1";
  cart["storeId"] = "OTHER";
  EXPECT_NE(error(cart).find("storeId"), std::string::npos);
}

TEST(CheckoutCart, IsRefusedEmpty) {
  auto cart = sample();
  cart["lineItems"] = Json::array();
  EXPECT_NE(error(cart).find("lineItems is empty"), std::string::npos);
  cart.erase("lineItems");
  EXPECT_NE(error(cart).find("lineItems is empty"), std::string::npos);
}

TEST(CheckoutCart, IsRefusedWhereTheTotalsDoNotAddUp) {
  auto cart = sample();
  cart["orderTotals"]["priceTotal"] = money("1.00");
  EXPECT_NE(error(cart).find("orderTotals.priceTotal"), std::string::npos);
  cart = sample();
  cart["lineItems"][0]["unitPrice"]["totalPrice"] = money("1.00");
  EXPECT_NE(error(cart).find("lineItems[0].unitPrice.totalPrice"), std::string::npos);
  cart = sample();
  cart["orderTotals"]["subTotal"] = money("5.00");
  cart["orderTotals"]["priceTotal"] = money("4.99");
  EXPECT_NE(error(cart).find("orderTotals.subTotal"), std::string::npos);
}

TEST(CheckoutCart, TakesLineTotalsThatAreMultipliedByTheQuantityOrNot) {
  auto cart = sample();
  cart["lineItems"][0]["quantity"]["value"] = "3";
  cart["orderTotals"] = {{"priceTotal", money("2.97")},
                         {"subTotal", money("3.00")},
                         {"promotionsTotal", money("0.03")},
                         {"salesTaxTotal", money("0.00")}};
  const auto with_line_total = [&cart](const char* total) {
    cart["lineItems"][0]["unitPrice"]["totalPrice"] = money(total);
    return error(cart);
  };
  EXPECT_EQ(with_line_total("0.99"), "") << "of a piece";
  EXPECT_EQ(with_line_total("2.97"), "") << "of three pieces";
  EXPECT_EQ(with_line_total("2.99"), "") << "of three pieces, with one promotion";
  EXPECT_NE(with_line_total("1.98"), "") << "of two";
  cart["lineItems"][0]["quantity"]["value"] = "0.350";
  cart["orderTotals"] = sample()["orderTotals"];
  EXPECT_EQ(with_line_total("0.35"), "") << "weighed, rounded to the cent";
}

TEST(CheckoutCart, TakesEitherReadingOfAQuantity) {
  auto cart = sample();
  cart["lineItems"][0]["quantity"]["value"] = "3";
  EXPECT_EQ(error(cart), "") << "the line is priced as a whole";
  cart["orderTotals"]["subTotal"] = money("3.00");
  cart["orderTotals"]["promotionsTotal"] = money("0.03");
  cart["orderTotals"]["priceTotal"] = money("2.97");
  EXPECT_EQ(error(cart), "") << "the line is priced by the piece";
}

TEST(CheckoutCart, TakesDepositsOnTopOfTheTotals) {
  auto cart = sample();
  auto& unit = cart["lineItems"][0]["unitPrice"];
  unit["depositsAndFees"] = {{{"depositAndFeeAmount", money("0.10")},
                              {"depositAndFeeDescription", "bottle"},
                              {"salesTax", money("0.01")}}};
  unit["totalPrice"] = money("1.10");
  cart["orderTotals"]["priceTotal"] = money("1.10");
  EXPECT_EQ(error(cart), "");
}

TEST(CheckoutCart, DemandsTwoDecimalsInOneCurrency) {
  for (const char* amount :
       {"1", "1.0", "1.000", "1,00", "-1.00", "", ".99", "1e2", "12345678901.00"}) {
    auto cart = sample();
    cart["orderTotals"]["subTotal"] = money(amount);
    EXPECT_NE(error(cart).find("orderTotals.subTotal"), std::string::npos) << amount;
  }
  auto cart = sample();
  cart["orderTotals"]["subTotal"]["currencyCode"] = "EUR";
  EXPECT_NE(error(cart).find("another currency"), std::string::npos);
}

TEST(CheckoutCart, SurvivesSumsThatNoCartHas) {
  auto cart = sample();
  auto huge = line("999999999.99", "0.00", "999999999.99");
  huge["quantity"]["value"] = "999999999";
  for (int i = 0; i < 50; ++i) cart["lineItems"].push_back(huge);
  EXPECT_NE(error(cart), "");
}

TEST(CheckoutCart, TakesNoNumberWithAFraction) {
  auto cart = sample();
  cart["orderTotals"]["subTotal"]["amount"] = 1.0;
  EXPECT_NE(error(cart).find("fraction"), std::string::npos);
}

TEST(CheckoutCart, SurvivesAnythingThatIsNoCart) {
  for (const char* cart : {"null", "7", "[]", "{}", R"({"lineItems":[1],"orderTotals":{}})",
                           R"({"lineItems":[{}],"orderTotals":{}})"}) {
    EXPECT_FALSE(checkout_cart_in(std::string(R"({"checkoutCart":)") + cart + "}", "S", "T"))
        << cart;
  }
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const auto found = checkout_cart_in(R"({"checkoutCart":{"lineItems":)" + deep + "}}", "S", "T");
  EXPECT_FALSE(found && *found);
}

TEST(CheckoutCart, IsRefusedWhereItSaysSomethingTwice) {
  const auto cart = sample().dump();
  const auto with = [&cart](std::string_view more) {
    return checkout_cart_in(R"({"checkoutCart":)" + cart + std::string(more) + "}", "S", "T");
  };
  EXPECT_TRUE(with("") && *with(""));
  EXPECT_FALSE(with(R"(,"checkoutCart":null)"));
  EXPECT_FALSE(with(R"(,"x":{"a":1,"a":1})"));
  const auto twice = R"({"storeId":"S","storeId":"S",)" + cart.substr(1);
  EXPECT_FALSE(checkout_cart_in(R"({"checkoutCart":)" + twice + "}", "S", "T"));
}

TEST(CheckoutCart, IsSentWithItsNumbersAsTheyCame) {
  auto cart = sample();
  cart["idempotentShoppingTripId"] = "T1";
  cart["lineItems"][0]["position"] = 12345678901234567;
  cart["lineItems"][0]["name"] = "\u00e9 \"\n";
  const auto sent = read(cart);
  ASSERT_TRUE(sent) << sent.error().message;
  cart["storeId"] = "STORE-001";
  EXPECT_EQ(Json::parse(sent->text), cart);
}

TEST(CheckoutCart, NamesNoAmountInItsErrors) {
  auto cart = sample();
  cart["orderTotals"]["subTotal"] = money("777.7");
  EXPECT_EQ(error(cart).find("777"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::sync
