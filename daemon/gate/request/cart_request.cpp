#include "daemon/gate/request/cart_request.hpp"

#include <set>

#include "daemon/gate/request/document.hpp"
#include "daemon/gate/request/fields.hpp"
#include "store/values/result.hpp"
#include "store/values/rfc3339.hpp"
#include "store/values/uuid.hpp"

namespace gatehouse::gate {
namespace {

// One rule a form, with the case of connectors.md 2.6 that it answers.
constexpr TextRule request_id{"a UUID", 0, is_uuid};  // 3.1, 3.2
constexpr TextRule trip_id{"a string of 1 to 255 characters", 255,
                           [](std::string_view text) { return !text.empty(); }};  // 3.3
constexpr TextRule date_time{
    "an ISO-8601 date-time such as 2024-03-22T17:00:00Z", 0,
    [](std::string_view text) { return parse_rfc3339(text).has_value(); }};  // 3.7, 3.8, 3.9
constexpr TextRule auth_event_id{"a UUID, at most 255 characters", 255,
                                 begins_with_uuid};  // 3.12-14
constexpr TextRule payload_type{
    "FINANCIAL, SCAN_CODE or a type that gate.payload_types lists"};  // 3.15, 3.16
constexpr TextRule location{"ENTRY, EXIT or MANUAL_IN_STORE", 0, [](std::string_view text) {
                              return text == "ENTRY" || text == "EXIT" || text == "MANUAL_IN_STORE";
                            }};  // 3.17
constexpr TextRule scan_result_type{
    "SHOPPER, ASSOCIATE, CASH or LOYALTY", 0, [](std::string_view text) {
      return text == "SHOPPER" || text == "ASSOCIATE" || text == "CASH" || text == "LOYALTY";
    }};  // 3.29
constexpr TextRule item_type{"SKU or SCANCODE", 0, [](std::string_view text) {
                               return text == "SKU" || text == "SCANCODE";
                             }};  // 3.21, 3.22
constexpr TextRule quantity_value{"a decimal as a string of at most 10 characters", 10};  // 3.24-25
constexpr TextRule quantity_unit{"a string"};                                             // 3.26
constexpr TextRule identifier_type{"a type that gate.identifier_types lists"};            // 3.27

WallTime read_time(const Fields& trip, std::string_view name) {
  return parse_rfc3339(trip.required_text(name, date_time)).value_or(WallTime{});
}

void read_auth_event(const Fields& event, const CartRules& rules, CartRequest& cart) {
  (void)event.required_text("id", auth_event_id);
  const auto type = event.required_text("payloadType", payload_type);
  const auto entry = rules.entry_of(type);
  if (!entry) event.reject_value("payloadType", type, payload_type.expected);
  if (entry == store::Entry::card) cart.entry = store::Entry::card;
  (void)event.optional_text("location", location);
  if (const auto result = event.object("scanResult", Presence::optional)) {
    (void)result->optional_text("id", text_to_255);  // 3.30
    (void)result->optional_text("type", scan_result_type);
  }
}

void read_trip(const Fields& trip, const CartRules& rules, CartRequest& cart) {
  cart.started_at = read_time(trip, "startTime");
  cart.ended_at = read_time(trip, "endTime");
  if (cart.ended_at < cart.started_at) {
    trip.reject("endTime", "is before startTime", "a time not before startTime");  // 3.10
  }
  trip.each("authEvents", Presence::required,  // 3.11
            [&](const Fields& event) { read_auth_event(event, rules, cart); });
}

void read_quantity(const Fields& item) {
  const auto quantity = item.object("quantity", Presence::required);  // 3.23
  if (!quantity) return;
  (void)quantity->required_text("value", quantity_value);
  (void)quantity->required_text("unit", quantity_unit);
}

void read_identifier(const Fields& identifier, const CartRules& rules) {
  (void)identifier.optional_text("id", text_to_255);  // 3.28
  const auto type = identifier.optional_text("type", identifier_type);
  if (type && !rules.knows_identifier(*type)) {
    identifier.reject_value("type", *type, identifier_type.expected);
  }
}

void read_item(const Fields& item, const CartRules& rules,
               std::set<std::string_view>& line_item_ids) {
  (void)item.required_text("id", text_to_255);  // 3.19, 3.20
  (void)item.required_text("type", item_type);
  read_quantity(item);
  item.each("externalIdentifiers", Presence::optional,
            [&rules](const Fields& identifier) { read_identifier(identifier, rules); });
  const auto line_item_id = item.optional_text("lineItemId", text_to_255);  // 3.33
  if (line_item_id && !line_item_ids.insert(*line_item_id).second) {
    item.reject("lineItemId", "comes twice", "an id of its own for each line");  // 3.34
  }
}

}  // namespace

std::expected<CartRequest, FieldError> parse_cart(DocumentParser& parser, std::string_view body,
                                                  const CartRules& rules) {
  const auto object = parser.parse(body);  // 3.35
  if (!object) return propagate(object);

  FirstError error;
  const Fields root{*object, error};
  CartRequest cart;
  cart.request_id = root.required_text("requestId", request_id);
  cart.trip_id = root.required_text("idempotentShoppingTripId", trip_id);
  cart.store_id = root.required_text("storeId", text_to_255);               // 3.4, 3.5
  if (const auto trip = root.object("shoppingTrip", Presence::required)) {  // 3.6
    read_trip(*trip, rules, cart);
  }
  std::set<std::string_view> line_item_ids;
  cart.empty = root.each("cartItems", Presence::required, [&](const Fields& item) {  // 3.18
    read_item(item, rules, line_item_ids);
  }) == 0;
  if (const auto shopper = root.object("shopperIdentity", Presence::optional)) {
    (void)shopper->optional_text("id", text_to_255);  // 3.31
  }
  (void)root.optional_text("shopperDeviceId", text_to_255);  // 3.32
  if (error) return std::unexpected(*error);
  return cart;
}

}  // namespace gatehouse::gate
