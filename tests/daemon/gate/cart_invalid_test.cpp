// The carts that must be refused with 400: each numbered case of connectors.md 2.6, section 3.
#include "tests/daemon/gate/cart_case.hpp"

namespace gatehouse::gate {
namespace {

using nlohmann::json;

const std::string too_long(256, 'x');

TEST_F(CartCase, C3_01_MissingRequestId) {
  cart_.erase("requestId");
  EXPECT_EQ(refusal(), "requestId is missing");
}

TEST_F(CartCase, C3_02_InvalidRequestIdFormat) {
  cart_["requestId"] = "not-a-uuid";
  EXPECT_EQ(refusal(), "requestId has another value");
}

TEST_F(CartCase, C3_03_MissingIdempotentShoppingTripId) {
  cart_.erase("idempotentShoppingTripId");
  EXPECT_EQ(refusal(), "idempotentShoppingTripId is missing");
}

TEST_F(CartCase, C3_04_MissingStoreId) {
  cart_.erase("storeId");
  EXPECT_EQ(refusal(), "storeId is missing");
}

TEST_F(CartCase, C3_05_StoreIdExceeds255Characters) {
  cart_["storeId"] = too_long;
  EXPECT_EQ(refusal(), "storeId is too long");
}

TEST_F(CartCase, C3_06_MissingShoppingTrip) {
  cart_.erase("shoppingTrip");
  EXPECT_EQ(refusal(), "shoppingTrip is missing");
}

TEST_F(CartCase, C3_07_MissingStartTime) {
  trip_.erase("startTime");
  EXPECT_EQ(refusal(), "shoppingTrip.startTime is missing");
}

TEST_F(CartCase, C3_08_MissingEndTime) {
  trip_.erase("endTime");
  EXPECT_EQ(refusal(), "shoppingTrip.endTime is missing");
}

TEST_F(CartCase, C3_09_InvalidStartTimeFormat) {
  trip_["startTime"] = "22/03/2024 17:00";
  EXPECT_EQ(refusal(), "shoppingTrip.startTime has another value");
}

TEST_F(CartCase, C3_10_EndTimeBeforeStartTime) {
  trip_["endTime"] = "2024-03-22T16:59:59.999Z";
  EXPECT_EQ(refusal(), "shoppingTrip.endTime is before startTime");
}

TEST_F(CartCase, C3_11_MissingAuthEvents) {
  trip_.erase("authEvents");
  EXPECT_EQ(refusal(), "shoppingTrip.authEvents is missing");
}

TEST_F(CartCase, C3_12_MissingAuthEventId) {
  event_.erase("id");
  EXPECT_EQ(refusal(), "shoppingTrip.authEvents[0].id is missing");
}

TEST_F(CartCase, C3_13_InvalidAuthEventIdFormat) {
  event_["id"] = "not-a-uuid";
  EXPECT_EQ(refusal(), "shoppingTrip.authEvents[0].id has another value");
}

TEST_F(CartCase, C3_14_AuthEventIdExceeds255Characters) {
  event_["id"] = event_["id"].get<std::string>() + std::string(256 - 36, 'x');
  EXPECT_EQ(refusal(), "shoppingTrip.authEvents[0].id is too long");
}

TEST_F(CartCase, C3_15_MissingPayloadType) {
  event_.erase("payloadType");
  EXPECT_EQ(refusal(), "shoppingTrip.authEvents[0].payloadType is missing");
}

TEST_F(CartCase, C3_16_InvalidPayloadType) {
  event_["payloadType"] = "financial";
  EXPECT_EQ(refusal(), "shoppingTrip.authEvents[0].payloadType has another value");
}

TEST_F(CartCase, C3_17_InvalidLocation) {
  event_["location"] = "WINDOW";
  EXPECT_EQ(refusal(), "shoppingTrip.authEvents[0].location has another value");
}

TEST_F(CartCase, C3_18_MissingCartItems) {
  cart_.erase("cartItems");
  EXPECT_EQ(refusal(), "cartItems is missing");
}

TEST_F(CartCase, C3_19_MissingItemId) {
  item_.erase("id");
  EXPECT_EQ(refusal(), "cartItems[0].id is missing");
}

TEST_F(CartCase, C3_20_ItemIdExceeds255Characters) {
  item_["id"] = too_long;
  EXPECT_EQ(refusal(), "cartItems[0].id is too long");
}

TEST_F(CartCase, C3_21_MissingItemType) {
  item_.erase("type");
  EXPECT_EQ(refusal(), "cartItems[0].type is missing");
}

TEST_F(CartCase, C3_22_InvalidItemType) {
  item_["type"] = "GUESS";
  EXPECT_EQ(refusal(), "cartItems[0].type has another value");
}

TEST_F(CartCase, C3_23_MissingQuantity) {
  item_.erase("quantity");
  EXPECT_EQ(refusal(), "cartItems[0].quantity is missing");
}

TEST_F(CartCase, C3_24_MissingQuantityValue) {
  item_["quantity"].erase("value");
  EXPECT_EQ(refusal(), "cartItems[0].quantity.value is missing");
}

TEST_F(CartCase, C3_25_QuantityValueExceeds10Characters) {
  item_["quantity"]["value"] = "1.000000000";
  EXPECT_EQ(refusal(), "cartItems[0].quantity.value is too long");
  item_["quantity"]["value"] = "1.00000000";
  EXPECT_EQ(refusal(), "taken");
}

TEST_F(CartCase, C3_26_MissingQuantityUnit) {
  item_["quantity"].erase("unit");
  EXPECT_EQ(refusal(), "cartItems[0].quantity.unit is missing");
}

TEST_F(CartCase, C3_27_InvalidExternalIdentifierType) {
  item_["externalIdentifiers"].push_back({{"id", "1"}, {"type", "ISBN"}});
  EXPECT_EQ(refusal(), "cartItems[0].externalIdentifiers[1].type has another value");
}

TEST_F(CartCase, C3_28_ExternalIdentifierIdExceeds255Characters) {
  item_["externalIdentifiers"][0]["id"] = too_long;
  EXPECT_EQ(refusal(), "cartItems[0].externalIdentifiers[0].id is too long");
}

TEST_F(CartCase, C3_29_InvalidScanResultType) {
  event_["scanResult"]["type"] = "GHOST";
  EXPECT_EQ(refusal(), "shoppingTrip.authEvents[0].scanResult.type has another value");
}

TEST_F(CartCase, C3_30_ScanResultIdExceeds255Characters) {
  event_["scanResult"]["id"] = too_long;
  EXPECT_EQ(refusal(), "shoppingTrip.authEvents[0].scanResult.id is too long");
}

TEST_F(CartCase, C3_31_ShopperIdentityIdExceeds255Characters) {
  cart_["shopperIdentity"]["id"] = too_long;
  EXPECT_EQ(refusal(), "shopperIdentity.id is too long");
}

TEST_F(CartCase, C3_32_ShopperDeviceIdExceeds255Characters) {
  cart_["shopperDeviceId"] = too_long;
  EXPECT_EQ(refusal(), "shopperDeviceId is too long");
}

TEST_F(CartCase, C3_33_LineItemIdExceeds255Characters) {
  item_["lineItemId"] = too_long;
  EXPECT_EQ(refusal(), "cartItems[0].lineItemId is too long");
}

TEST_F(CartCase, C3_34_DuplicateLineItemIds) {
  json other = item_;
  other["lineItemId"] = "line-2";
  cart_["cartItems"] = {item_, other, item_};
  EXPECT_EQ(refusal(), "cartItems[2].lineItemId comes twice");
}

TEST_F(CartCase, C3_35_EmptyRequestBody) {
  EXPECT_EQ(refusal_of(""), "body is empty");
  EXPECT_EQ(refusal_of("{}"), "requestId is missing");
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
  event_["payloadType"] = "secret";
  const auto parsed = parse_cart(parser, cart_.dump());
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message(),
            "shoppingTrip.authEvents[0].payloadType has another value; "
            "expected FINANCIAL or SCAN_CODE");
}

}  // namespace
}  // namespace gatehouse::gate
