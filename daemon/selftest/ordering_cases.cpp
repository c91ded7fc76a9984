// CreatePurchase (connectors.md 2.6).
#include "daemon/selftest/sample.hpp"
#include "store/values/rfc3339.hpp"

namespace gatehouse::selftest {
namespace {

using nlohmann::json;

Case cart_case(std::string number, std::string title) {
  return {Plan::ordering, "purchases", "/v1/order/purchases", std::move(number), std::move(title)};
}

Case valid(std::string number, std::string title, const json& cart) {
  Case taken = cart_case(std::move(number), std::move(title));
  taken.steps = {{.body = cart.dump(), .status = 201}};
  return taken;
}

struct Invalid {
  const char* number;
  const char* title;
  std::string body;
  const char* error;
};

std::vector<Invalid> invalid_forms(const Setup& setup) {
  const json good = sample_cart(setup, 99);
  constexpr auto* trip = "/shoppingTrip";
  constexpr auto* event = "/shoppingTrip/authEvents/0";
  constexpr auto* item = "/cartItems/0";
  constexpr auto* quantity = "/cartItems/0/quantity";
  json same_line = good["cartItems"][0];
  const auto before = rfc3339(setup.now - std::chrono::hours{1});
  const auto long_id = good["shoppingTrip"]["authEvents"][0]["id"].get<std::string>() + too_long();
  return {
      {"3.1", "Missing requestId", without(good, "", "requestId"), "requestId is missing"},
      {"3.2", "Invalid requestId Format", with(good, "/requestId", "not-a-uuid"),
       "requestId has another value"},
      {"3.3", "Missing idempotentShoppingTripId", without(good, "", "idempotentShoppingTripId"),
       "idempotentShoppingTripId is missing"},
      {"3.4", "Missing storeId", without(good, "", "storeId"), "storeId is missing"},
      {"3.5", "storeId Exceeds 255 Characters", with(good, "/storeId", too_long()),
       "storeId is too long"},
      {"3.6", "Missing shoppingTrip", without(good, "", "shoppingTrip"), "shoppingTrip is missing"},
      {"3.7", "Missing shoppingTrip.startTime", without(good, trip, "startTime"),
       "shoppingTrip.startTime is missing"},
      {"3.8", "Missing shoppingTrip.endTime", without(good, trip, "endTime"),
       "shoppingTrip.endTime is missing"},
      {"3.9", "Invalid shoppingTrip.startTime Format",
       with(good, "/shoppingTrip/startTime", "22/03/2024 17:00"),
       "shoppingTrip.startTime has another value"},
      {"3.10", "endTime Before startTime", with(good, "/shoppingTrip/endTime", before),
       "shoppingTrip.endTime is before startTime"},
      {"3.11", "Missing shoppingTrip.authEvents", without(good, trip, "authEvents"),
       "shoppingTrip.authEvents is missing"},
      {"3.12", "Missing authEvent.id", without(good, event, "id"),
       "shoppingTrip.authEvents[0].id is missing"},
      {"3.13", "Invalid authEvent.id Format",
       with(good, "/shoppingTrip/authEvents/0/id", "not-a-uuid"),
       "shoppingTrip.authEvents[0].id has another value"},
      {"3.14", "authEvent.id Exceeds 255 Characters",
       with(good, "/shoppingTrip/authEvents/0/id", long_id),
       "shoppingTrip.authEvents[0].id is too long"},
      {"3.15", "Missing authEvent.payloadType", without(good, event, "payloadType"),
       "shoppingTrip.authEvents[0].payloadType is missing"},
      {"3.16", "Invalid authEvent.payloadType Value",
       with(good, "/shoppingTrip/authEvents/0/payloadType", "financial"),
       "shoppingTrip.authEvents[0].payloadType has another value"},
      {"3.17", "Invalid authEvent.location Value",
       with(good, "/shoppingTrip/authEvents/0/location", "WINDOW"),
       "shoppingTrip.authEvents[0].location has another value"},
      {"3.18", "Missing cartItems", without(good, "", "cartItems"), "cartItems is missing"},
      {"3.19", "Missing cartItems[].id", without(good, item, "id"), "cartItems[0].id is missing"},
      {"3.20", "cartItems[].id Exceeds 255 Characters", with(good, "/cartItems/0/id", too_long()),
       "cartItems[0].id is too long"},
      {"3.21", "Missing cartItems[].type", without(good, item, "type"),
       "cartItems[0].type is missing"},
      {"3.22", "Invalid cartItems[].type Value", with(good, "/cartItems/0/type", "GUESS"),
       "cartItems[0].type has another value"},
      {"3.23", "Missing cartItems[].quantity", without(good, item, "quantity"),
       "cartItems[0].quantity is missing"},
      {"3.24", "Missing cartItems[].quantity.value", without(good, quantity, "value"),
       "cartItems[0].quantity.value is missing"},
      {"3.25", "quantity.value Exceeds 10 Characters",
       with(good, "/cartItems/0/quantity/value", "1.000000000"),
       "cartItems[0].quantity.value is too long"},
      {"3.26", "Missing cartItems[].quantity.unit", without(good, quantity, "unit"),
       "cartItems[0].quantity.unit is missing"},
      {"3.27", "Invalid externalIdentifiers[].type Value",
       with(good, "/cartItems/0/externalIdentifiers/0/type", "BARCODES"),
       "cartItems[0].externalIdentifiers[0].type has another value"},
      {"3.28", "externalIdentifiers[].id Exceeds 255 Characters",
       with(good, "/cartItems/0/externalIdentifiers/0/id", too_long()),
       "cartItems[0].externalIdentifiers[0].id is too long"},
      {"3.29", "Invalid scanResult.type Value",
       with(good, "/shoppingTrip/authEvents/0/scanResult/type", "GHOST"),
       "shoppingTrip.authEvents[0].scanResult.type has another value"},
      {"3.30", "scanResult.id Exceeds 255 Characters",
       with(good, "/shoppingTrip/authEvents/0/scanResult/id", too_long()),
       "shoppingTrip.authEvents[0].scanResult.id is too long"},
      {"3.31", "shopperIdentity.id Exceeds 255 Characters",
       with(good, "/shopperIdentity/id", too_long()), "shopperIdentity.id is too long"},
      {"3.32", "shopperDeviceId Exceeds 255 Characters", with(good, "/shopperDeviceId", too_long()),
       "shopperDeviceId is too long"},
      {"3.33", "lineItemId Exceeds 255 Characters",
       with(good, "/cartItems/0/lineItemId", too_long()), "cartItems[0].lineItemId is too long"},
      {"3.34", "Duplicate lineItemId Values",
       with(good, "/cartItems", json::array({same_line, same_line})),
       "cartItems[1].lineItemId comes twice"},
      {"3.35", "Empty Request Body", "", "body is empty"},
  };
}

void append_valid(std::vector<Case>& cases, const Setup& setup) {
  const auto changed = [&setup](std::size_t number, const char* place, const json& value) {
    json cart = sample_cart(setup, number);
    cart[json::json_pointer(place)] = value;
    return cart;
  };
  constexpr auto* item_type = "/cartItems/0/type";
  constexpr auto* identifiers = "/cartItems/0/externalIdentifiers";
  constexpr auto* result_type = "/shoppingTrip/authEvents/0/scanResult/type";
  cases.push_back(valid("1.1", "Single Item Cart — SKU Type, Sold by Unit", sample_cart(setup, 1)));
  json two = sample_cart(setup, 2);
  two["cartItems"].push_back(two["cartItems"][0]);
  two["cartItems"][1]["lineItemId"] = "line-2";
  cases.push_back(valid("1.2", "Multi-Item Cart", two));
  cases.push_back(valid("1.3", "Weight-Based Item",
                        changed(3, "/cartItems/0/quantity", {{"value", "0.345"}, {"unit", "kg"}})));
  cases.push_back(valid("1.4", "SCANCODE Cart Item Type", changed(4, item_type, "SCANCODE")));
  json of_every_type = json::array();
  for (const std::string& type : identifier_types(setup)) {
    of_every_type.push_back({{"id", "1"}, {"type", type}});
  }
  cases.push_back(
      valid("1.5", "Cart Item with External Identifiers", changed(5, identifiers, of_every_type)));
  cases.push_back(valid("1.6", "Cart Item with lineItemId",
                        changed(6, "/cartItems/0/lineItemId", std::string(255, 'l'))));
  cases.push_back(valid("1.7", "Empty Cart", changed(7, "/cartItems", json::array())));
  cases.back().steps[0].members = {{"purchaseId", ""}};
  cases.push_back(valid("1.8", "Credit Card Entry (FINANCIAL payloadType)",
                        changed(8, "/shoppingTrip/authEvents/0/payloadType", "FINANCIAL")));
  if (!setup.card_entry) {
    cases.back().not_run = "begins a settlement where jwo.settlement is on: --card-entry";
  }
  cases.push_back(valid("1.9", "QR Code Entry (SCAN_CODE payloadType)", sample_cart(setup, 9)));
  cases.push_back(valid("1.10", "Associate Shopping Trip", changed(10, result_type, "ASSOCIATE")));
  cases.push_back(valid("1.11", "Cash Shopper Trip", changed(11, result_type, "CASH")));
  cases.push_back(valid("1.12", "Loyalty Shopper Trip", changed(12, result_type, "LOYALTY")));
  json group = sample_cart(setup, 13);
  json& events = group["shoppingTrip"]["authEvents"];
  events.push_back(events[0]);
  events[1]["id"] = uuid_of(setup, 4, 13);
  cases.push_back(valid("1.13", "Group Shopping Trip — Multiple Auth Events", group));
  cases.push_back(valid("1.14", "Auth Event with MANUAL_IN_STORE Location",
                        changed(14, "/shoppingTrip/authEvents/0/location", "MANUAL_IN_STORE")));
  json bare = sample_cart(setup, 15);
  json& event = bare["shoppingTrip"]["authEvents"][0];
  for (const auto* const name : {"timestamp", "location", "scanResult"}) event.erase(name);
  for (const auto* const name : {"externalIdentifiers", "lineItemId"}) {
    bare["cartItems"][0].erase(name);
  }
  for (const auto* const name : {"shopperIdentity", "shopperDeviceId"}) bare.erase(name);
  cases.push_back(valid("1.15", "Optional Fields Omitted", bare));
}

}  // namespace

std::vector<Case> ordering_cases(const Setup& setup) {
  std::vector<Case> cases;
  append_valid(cases, setup);
  cases.push_back(cart_case("2", "Idempotency"));
  const json cart = sample_cart(setup, 20);
  // Amazon makes a new requestId for each request, so a repetition differs by that.
  cases.back().steps = {{.body = cart.dump(), .status = 201},
                        {.body = cart.dump(), .status = 201, .same_answer = true},
                        {.body = with(cart, "/requestId", uuid_of(setup, 4, 20)),
                         .status = 201,
                         .same_answer = true}};
  for (const Invalid& invalid : invalid_forms(setup)) {
    cases.push_back(cart_case(invalid.number, invalid.title));
    cases.back().steps = {{.body = invalid.body, .status = 400, .error = invalid.error}};
    const bool any_identifier = setup.identifier_types && setup.identifier_types->empty();
    if (any_identifier && cases.back().number == "3.27") {
      cases.back().not_run = "gate.identifier_types = [] admits any type";
    }
  }
  return cases;
}

}  // namespace gatehouse::selftest
