#include "tests/simulator/shop/requests.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tests/simulator/digest.hpp"

namespace gatehouse::simulator {
namespace {

using nlohmann::ordered_json;
using std::chrono::seconds;

/// As Amazon's samples write a time: without fractions.
std::string amazon_time(WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<seconds>(time));
}

ordered_json item_json(const PlannedItem& item) {
  ordered_json json{{"id", item.id},
                    {"type", item.type},
                    {"quantity", {{"value", item.quantity}, {"unit", item.unit}}}};
  if (item.external_identifier) {
    json["externalIdentifiers"] = ordered_json::array({{{"id", "012345678905"}, {"type", "UPC"}}});
  }
  return json;
}

ordered_json auth_event(const TripPlan& trip, const CartOccasion& occasion, const std::string& id) {
  ordered_json event{{"id", id},
                     {"timestamp", amazon_time(occasion.ended_at - seconds(trip.length_s))},
                     {"location", trip.manual_location ? "MANUAL_IN_STORE" : "ENTRY"},
                     {"payloadType", trip.card_entry ? "FINANCIAL" : "SCAN_CODE"}};
  if (!occasion.scan.id.empty()) {
    event["scanResult"] = {{"id", occasion.scan.id}, {"type", occasion.scan.type}};
  }
  return event;
}

}  // namespace

std::string scan_request(const std::string& store_id, const TripPlan& trip, const std::string& key,
                         Random& ids, WallTime now) {
  ordered_json event;
  switch (trip.scan_form) {
    case ScanForm::base64_id:
      event = {{"id", base64(key)}, {"value", "string"}};
      break;
    case ScanForm::base64_id_with_blank:  // as in the FAQ's own example
      event = {{"id", base64(key) + " "}, {"value", "string"}};
      break;
    case ScanForm::base64_value:
      event = {{"id", ids.uuid()}, {"value", base64(key)}};
      break;
    case ScanForm::plain_value:
      event = {{"id", ids.uuid()}, {"value", key}};
      break;
  }
  event["timestamp"] = amazon_time(now);
  event["location"] = "ENTRY";
  event["channel"] = "OPTICAL";
  ordered_json request{{"requestId", ids.uuid()}, {"storeId", store_id}};
  if (trip.extra_fields) request["newSinceYesterday"] = {{"gate", 3}};
  request["scanEvent"] = std::move(event);
  return request.dump();
}

std::string cart_request(const std::string& store_id, const TripPlan& trip,
                         const CartOccasion& occasion, std::string_view request_id) {
  ordered_json events = ordered_json::array({auth_event(trip, occasion, occasion.auth_event_id)});
  if (trip.group) events.push_back(auth_event(trip, occasion, occasion.second_auth_event_id));
  ordered_json items = ordered_json::array();
  for (const auto& item : trip.items) {
    items.push_back(item_json(item));
    if (trip.extra_fields) items.back()["lineItemId"] = fmt::format("line-{}", items.size());
  }
  ordered_json request{
      {"requestId", request_id}, {"idempotentShoppingTripId", trip.trip_id}, {"storeId", store_id}};
  request["shoppingTrip"] = {{"startTime", amazon_time(occasion.ended_at - seconds(trip.length_s))},
                             {"endTime", amazon_time(occasion.ended_at)},
                             {"authEvents", std::move(events)}};
  request["cartItems"] = std::move(items);
  if (!trip.shopper_identity.empty()) request["shopperIdentity"] = {{"id", trip.shopper_identity}};
  if (trip.extra_fields) request["newSinceYesterday"] = {{"confidence", 0.98}};
  return request.dump();
}

}  // namespace gatehouse::simulator
