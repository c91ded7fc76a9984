#include "tests/simulator/pricing.hpp"

#include <gtest/gtest.h>

namespace gatehouse::simulator {
namespace {

TEST(Pricing, MultipliesPiecesExactly) {
  const auto unit = unit_price_minor("SKU-001");
  EXPECT_GE(unit, 99);
  EXPECT_LE(unit, 498);
  EXPECT_EQ(line_price_minor("SKU-001", "3"), 3 * unit);
  EXPECT_EQ(line_price_minor("SKU-001", "3.0"), 3 * unit);
}

TEST(Pricing, RoundsWeightsHalfUpToTheCent) {
  const auto unit = unit_price_minor("SKU-001");
  EXPECT_EQ(line_price_minor("SKU-001", "0.5"), (unit + 1) / 2);
  EXPECT_EQ(line_price_minor("SKU-001", "1.001"), (unit * 1001 + 500) / 1000);
}

TEST(Pricing, CountsAQuantityThatIsNoDecimalAsOne) {
  const auto unit = unit_price_minor("SKU-001");
  for (const auto* quantity : {"", "-1", "1e3", "many", "1.x", "99999999"}) {
    EXPECT_EQ(line_price_minor("SKU-001", quantity), unit) << quantity;
  }
}

TEST(Pricing, AddsUpACartAndKnowsItsEntry) {
  const auto cart = price_cart(
      R"({"shoppingTrip":{"authEvents":[{"payloadType":"FINANCIAL"}]},"cartItems":[
          {"id":"A","quantity":{"value":"2","unit":"unit"}},{"id":"B"}]})");
  ASSERT_TRUE(cart);
  EXPECT_TRUE(cart->card_entry);
  EXPECT_FALSE(cart->empty);
  EXPECT_EQ(cart->total_minor, 2 * unit_price_minor("A") + unit_price_minor("B"));
}

TEST(Pricing, TakesAnythingWithCartItemsForACart) {
  const auto cart = price_cart(R"({"cartItems":[]})");
  ASSERT_TRUE(cart);
  EXPECT_TRUE(cart->empty);
  EXPECT_FALSE(cart->card_entry);
  EXPECT_FALSE(price_cart("{}"));
  EXPECT_FALSE(price_cart("no JSON"));
  EXPECT_TRUE(price_cart(R"({"cartItems":[1,null,"x"]})"));
}

}  // namespace
}  // namespace gatehouse::simulator
