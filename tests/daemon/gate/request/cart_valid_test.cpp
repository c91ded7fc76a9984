// The carts that must be taken: the 15 numbered ones of connectors.md 2.6, and those on which the
// contract is silent.
#include "tests/daemon/gate/request/cart_case.hpp"

namespace gatehouse::gate {
namespace {

using nlohmann::json;
using store::Entry;

TEST_F(CartCase, C1_01_SingleItemSoldByUnit) {
  const CartRequest cart = accepted();
  EXPECT_EQ(cart.trip_id, "11111111-2222-3333-4444-555555555555");
  EXPECT_EQ(cart.store_id, "STORE-001");
  EXPECT_EQ(to_unix_ms(cart.started_at), 1711126800000);
  EXPECT_EQ(to_unix_ms(cart.ended_at), 1711127379000);
  EXPECT_EQ(cart.entry, Entry::card);
  EXPECT_FALSE(cart.empty);
}

TEST_F(CartCase, C1_02_MultipleItems) {
  for (int line = 2; line <= 50; ++line) {
    json another = cart_["cartItems"][0];
    another["lineItemId"] = "line-" + std::to_string(line);
    cart_["cartItems"].push_back(another);
  }
  EXPECT_FALSE(accepted().empty);
}

TEST_F(CartCase, C1_03_WeightBasedItem) {
  item_["quantity"] = {{"value", "0.345"}, {"unit", "kg"}};
  accepted();
}

TEST_F(CartCase, C1_04_ScancodeItem) {
  item_["type"] = "SCANCODE";
  accepted();
}

TEST_F(CartCase, C1_05_ExternalIdentifiersOfEveryType) {
  for (const auto* const type : {"UPC", "EAN", "BARCODE", "GTIN", "PLU", "ISBN", "EAN8"}) {
    item_["externalIdentifiers"].push_back({{"id", "1"}, {"type", type}});
  }
  accepted();
}

TEST_F(CartCase, C1_06_LineItemId) {
  item_["lineItemId"] = std::string(255, 'l');
  accepted();
}

TEST_F(CartCase, C1_07_EmptyCart) {
  cart_["cartItems"] = json::array();
  EXPECT_TRUE(accepted().empty);
}

TEST_F(CartCase, C1_08_CreditCardEntry) {
  event_["payloadType"] = "FINANCIAL";
  EXPECT_EQ(accepted().entry, Entry::card);
}

TEST_F(CartCase, C1_09_QrCodeEntry) {
  event_["payloadType"] = "SCAN_CODE";
  EXPECT_EQ(accepted().entry, Entry::app);
}

TEST_F(CartCase, TakesPayloadTypesThatWereAddedWithTheirMeaning) {
  rules_.payload_types = {{"PALM", Entry::card}, {"BADGE", Entry::app}};
  event_["payloadType"] = "PALM";
  EXPECT_EQ(accepted().entry, Entry::card);
  event_["payloadType"] = "BADGE";
  EXPECT_EQ(accepted().entry, Entry::app);
  event_["payloadType"] = "FINANCIAL";
  EXPECT_EQ(accepted().entry, Entry::card);
}

TEST_F(CartCase, TakesAnyIdentifierTypeWhereNoneIsListed) {
  item_["externalIdentifiers"][0]["type"] = "QR";
  EXPECT_EQ(refusal(), "cartItems[0].externalIdentifiers[0].type has another value");
  rules_.identifier_types.clear();
  accepted();
}

TEST_F(CartCase, C1_10_AssociateTrip) {
  event_["scanResult"]["type"] = "ASSOCIATE";
  accepted();
}

TEST_F(CartCase, C1_11_CashTrip) {
  event_["scanResult"]["type"] = "CASH";
  accepted();
}

TEST_F(CartCase, C1_12_LoyaltyTrip) {
  event_["scanResult"]["type"] = "LOYALTY";
  accepted();
}

TEST_F(CartCase, C1_13_GroupTripIsACardTripIfAnyEventIs) {
  json scan_code = event_;
  scan_code["payloadType"] = "SCAN_CODE";
  trip_["authEvents"] = {scan_code, event_, scan_code};
  EXPECT_EQ(accepted().entry, Entry::card);
  trip_["authEvents"] = {scan_code, scan_code};
  EXPECT_EQ(accepted().entry, Entry::app);
}

TEST_F(CartCase, C1_14_ManualInStoreLocation) {
  for (const auto* const location : {"MANUAL_IN_STORE", "EXIT"}) {
    event_["location"] = location;
    accepted();
  }
}

TEST_F(CartCase, C1_15_OptionalFieldsOmitted) {
  for (const auto* const name : {"timestamp", "location", "scanResult"}) event_.erase(name);
  for (const auto* const name : {"externalIdentifiers", "lineItemId"}) item_.erase(name);
  for (const auto* const name : {"shopperIdentity", "shopperDeviceId"}) cart_.erase(name);
  accepted();
}

TEST_F(CartCase, TakesOptionalFieldsThatAreNull) {
  for (const auto* const name : {"timestamp", "location", "scanResult"}) event_[name] = nullptr;
  for (const auto* const name : {"externalIdentifiers", "lineItemId"}) item_[name] = nullptr;
  for (const auto* const name : {"shopperIdentity", "shopperDeviceId"}) cart_[name] = nullptr;
  accepted();
}

TEST_F(CartCase, TakesFieldsThatNobodyHasHeardOf) {
  for (json* object : {&cart_, &trip_, &event_, &item_, &item_["quantity"]}) {
    (*object)["novelty"] = {{"deep", {1, 2.5, nullptr, true, {{"deeper", "x"}}}}};
  }
  accepted();
}

TEST_F(CartCase, TakesContentsThatMakeNoSense) {
  item_["id"] = "";
  item_["quantity"] = {{"value", "a lot"}, {"unit", ""}};
  event_["timestamp"] = "yesterday";
  cart_["paymentSource"] = "cash";
  accepted();
}

TEST_F(CartCase, TakesATripWithoutAuthEventsAsAppEntry) {
  trip_["authEvents"] = json::array();
  EXPECT_EQ(accepted().entry, Entry::app);
}

TEST_F(CartCase, TakesATripThatEndsAsItBegins) {
  trip_["endTime"] = "2024-03-22T18:00:00+01:00";
  accepted();
}

TEST_F(CartCase, CountsCharactersAndNotBytes) {
  std::string umlauts;
  for (int character = 0; character < 255; ++character) umlauts += "\u00fc";
  item_["id"] = umlauts;
  cart_["idempotentShoppingTripId"] = umlauts;
  EXPECT_EQ(accepted().trip_id, umlauts);
}

TEST_F(CartCase, TakesAuthEventIdsThatGoOnAfterTheirUuid) {
  event_["id"] = event_["id"].get<std::string>() + std::string(255 - 36, '-');
  accepted();
}

TEST_F(CartCase, TakesLinesWithAndWithoutLineItemIds) {
  json without = item_;
  without.erase("lineItemId");
  cart_["cartItems"] = {without, item_, without};
  accepted();
}

}  // namespace
}  // namespace gatehouse::gate
