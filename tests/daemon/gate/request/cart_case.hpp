#pragma once

#include <gtest/gtest.h>

#include <string>

#include "daemon/gate/request/cart_request.hpp"
#include "daemon/gate/request/document.hpp"
#include "tests/daemon/gate/samples.hpp"

namespace gatehouse::gate {

/// A good cart to be changed, and what parse_cart says of it.
class CartCase : public testing::Test {
 protected:
  CartRequest accepted() {
    text_ = cart_.dump();
    const auto parsed = parse_cart(parser_, text_, rules_);
    EXPECT_TRUE(parsed) << parsed.error().message();
    return parsed.value_or(CartRequest{});
  }

  /// Field and what came, of the error that the cart gets.
  std::string refusal() { return refusal_of(cart_.dump()); }
  std::string refusal_of(const std::string& body) {
    const auto parsed = parse_cart(parser_, body, rules_);
    if (parsed) return "taken";
    EXPECT_FALSE(parsed.error().expected.empty());
    return parsed.error().field + ' ' + std::string(parsed.error().came);
  }

  CartRules rules_ = documented_rules;
  nlohmann::json cart_ = sample_cart();
  nlohmann::json& trip_ = cart_["shoppingTrip"];
  nlohmann::json& event_ = trip_["authEvents"][0];
  nlohmann::json& item_ = cart_["cartItems"][0];

 private:
  DocumentParser parser_;
  std::string text_;
};

}  // namespace gatehouse::gate
