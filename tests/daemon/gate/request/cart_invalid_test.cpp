// The carts that must be refused with 400, beside the numbered cases of connectors.md 2.6, section
// 3: those are in daemon/selftest/ordering_cases.cpp and run by numbered_cases_test.cpp.
#include "tests/daemon/gate/request/cart_case.hpp"

namespace gatehouse::gate {
namespace {

using nlohmann::json;

const std::string too_long(256, 'x');

TEST_F(CartCase, TakesAQuantityOfTenCharacters) {
  item_["quantity"]["value"] = "1.00000000";
  EXPECT_EQ(refusal(), "taken");
}

TEST_F(CartCase, RefusesAnEmptyObject) {
  EXPECT_EQ(refusal_of("{}"), "requestId is missing");
}

TEST_F(CartCase, NamesTheOneThatIsWrongOfMany) {
  item_["externalIdentifiers"].push_back({{"id", "1"}, {"type", "QR"}});
  EXPECT_EQ(refusal(), "cartItems[0].externalIdentifiers[1].type has another value");
  cart_ = sample_cart();
  json other = cart_["cartItems"][0];
  const json first = other;
  other["lineItemId"] = "line-2";
  cart_["cartItems"] = {first, other, first};
  EXPECT_EQ(refusal(), "cartItems[2].lineItemId comes twice");
}

TEST_F(CartCase, RefusesRequiredFieldsThatAreNull) {
  cart_["storeId"] = nullptr;
  EXPECT_EQ(refusal(), "storeId is missing");
}

TEST_F(CartCase, RefusesFieldsOfAnotherType) {
  json good = cart_;
  const auto refusal_with = [&](const char* place, const json& value) {
    cart_ = good;
    cart_[json::json_pointer(place)] = value;
    return refusal();
  };
  EXPECT_EQ(refusal_with("/requestId", 1), "requestId is not a string");
  EXPECT_EQ(refusal_with("/shoppingTrip", "x"), "shoppingTrip is not an object");
  EXPECT_EQ(refusal_with("/shoppingTrip/authEvents", json::object()),
            "shoppingTrip.authEvents is not an array");
  EXPECT_EQ(refusal_with("/shoppingTrip/authEvents/0", "x"),
            "shoppingTrip.authEvents[0] is not an object");
  EXPECT_EQ(refusal_with("/cartItems", "x"), "cartItems is not an array");
  EXPECT_EQ(refusal_with("/cartItems/1", nullptr), "cartItems[1] is not an object");
  EXPECT_EQ(refusal_with("/cartItems/0/quantity/value", 1.0),
            "cartItems[0].quantity.value is not a string");
  EXPECT_EQ(refusal_with("/cartItems/0/externalIdentifiers", "x"),
            "cartItems[0].externalIdentifiers is not an array");
}

TEST_F(CartCase, RefusesAnInvalidEndTimeAndAnEmptyTripId) {
  trip_["endTime"] = "later";
  EXPECT_EQ(refusal(), "shoppingTrip.endTime has another value");
  cart_["idempotentShoppingTripId"] = "";
  EXPECT_EQ(refusal(), "idempotentShoppingTripId has another value");
  cart_["idempotentShoppingTripId"] = too_long;
  EXPECT_EQ(refusal(), "idempotentShoppingTripId is too long");
}

TEST_F(CartCase, SaysWhatCameAndWhatWasExpectedWithoutTheValue) {
  DocumentParser parser;
  event_["payloadType"] = "PALM";
  const auto parsed = parse_cart(parser, cart_.dump(), rules_);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message(),
            "shoppingTrip.authEvents[0].payloadType has another value; "
            "expected FINANCIAL, SCAN_CODE or a type that gate.payload_types lists");
  EXPECT_EQ(parsed.error().logged(),
            "shoppingTrip.authEvents[0].payloadType has another value (PALM); "
            "expected FINANCIAL, SCAN_CODE or a type that gate.payload_types lists");
}

TEST_F(CartCase, NamesInTheLogNothingThatMayBeAKeyOrACard) {
  DocumentParser parser;
  for (const auto* const value : {"4111111111111111", "a b", "zoe@example.com", "PALM\n", "",
                                  "a-name-of-more-than-thirty-two-characters", "x123456"}) {
    event_["payloadType"] = value;
    const auto parsed = parse_cart(parser, cart_.dump(), rules_);
    ASSERT_FALSE(parsed) << value;
    EXPECT_EQ(parsed.error().logged(), parsed.error().message()) << value;
  }
}

}  // namespace
}  // namespace gatehouse::gate
