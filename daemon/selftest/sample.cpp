#include "daemon/selftest/sample.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/values/rfc3339.hpp"

namespace gatehouse::selftest {

using nlohmann::json;

std::string with(json body, const char* place, const json& value) {
  body[json::json_pointer(place)] = value;
  return body.dump();
}

std::string without(json body, const char* parent, const char* name) {
  body[json::json_pointer(parent)].erase(name);
  return body.dump();
}

std::string uuid_of(const Setup& setup, unsigned purpose, std::size_t number) {
  const std::string& run = setup.run;  // 12 digits
  return fmt::format("{}{}-4{}-8{}-{}{:x}{:06x}", trip_prefix, run.substr(0, 4), run.substr(4, 3),
                     run.substr(7, 3), run.substr(7, 5), purpose & 0xFU, number & 0xFFFFFFU);
}

std::string base64_of(std::string_view bytes) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t place = 0; place < bytes.size(); place += 3) {
    const auto three = bytes.substr(place, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8U | (i < three.size() ? static_cast<unsigned char>(three[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= three.size() ? alphabet[bits >> (18U - 6U * i) & 0x3FU] : '=';
    }
  }
  return text;
}

std::vector<std::string> identifier_types(const Setup& setup) {
  std::vector<std::string> types{"UPC", "EAN", "BARCODE", "GTIN", "PLU", "ISBN", "EAN8"};
  const auto& admitted = setup.identifier_types;
  if (!admitted || admitted->empty()) return types;
  std::erase_if(types, [&admitted](const std::string& type) {
    return std::ranges::find(*admitted, type) == admitted->end();
  });
  return types.empty() ? *admitted : types;
}

json sample_identity(const Setup& setup, std::string_view code) {
  return {
      {"requestId", uuid_of(setup, 1, 1)},
      {"identityKey", base64_of(code)},
      {"storeId", setup.store_id},
      {"authEvent",
       {{"id", uuid_of(setup, 2, 1)}, {"timestamp", rfc3339(setup.now)}, {"location", "ENTRY"}}},
      {"keyChannel", "OPTICAL"}};
}

json sample_scan(const Setup& setup, std::string_view code) {
  return {{"requestId", uuid_of(setup, 1, 2)},
          {"storeId", setup.store_id},
          {"scanEvent",
           {{"id", base64_of(code)},
            {"timestamp", rfc3339(setup.now)},
            {"location", "ENTRY"},
            {"value", base64_of(code)},
            {"channel", "OPTICAL"}}}};
}

json sample_cart(const Setup& setup, std::size_t number) {
  const auto entered = setup.now - std::chrono::minutes{10};
  return {{"requestId", uuid_of(setup, 1, number)},
          {"idempotentShoppingTripId", uuid_of(setup, 3, number)},
          {"storeId", setup.store_id},
          {"shoppingTrip",
           {{"startTime", rfc3339(entered)},
            {"endTime", rfc3339(setup.now)},
            {"authEvents",
             {{{"id", uuid_of(setup, 2, number)},
               {"timestamp", rfc3339(entered)},
               {"location", "ENTRY"},
               {"payloadType", "SCAN_CODE"},
               {"scanResult", {{"id", "gatehouse-selftest"}, {"type", "SHOPPER"}}}}}}}},
          {"cartItems",
           {{{"id", "SELFTEST-001"},
             {"type", "SKU"},
             {"quantity", {{"value", "1.0"}, {"unit", "unit"}}},
             {"externalIdentifiers",
              {{{"id", "0123456789012"}, {"type", identifier_types(setup).front()}}}},
             {"lineItemId", "line-1"}}}},
          {"shopperIdentity", {{"id", "gatehouse-selftest"}}},
          {"shopperDeviceId", "gatehouse-selftest"}};
}

json sample_authorization(const Setup& setup, std::string_view instrument) {
  return {{"storeId", setup.store_id},
          {"shopperIdentity", {{"id", instrument}}},
          {"authorizedAmount", {{"value", 50}, {"currencyCode", "USD"}}},
          {"shopperInteraction",
           {{"shoppingTripId", uuid_of(setup, 3, 0)},
            {"gateAuthenticationEvent",
             {{"id", uuid_of(setup, 2, 0)},
              {"type", "CREDIT_CARD"},
              {"interactionType", "TAP"},
              {"timestamp", rfc3339(setup.now)},
              {"location", "ENTRY"},
              {"data", {{"reader", "gatehouse-selftest"}}}}},
            {"recommendation",
             {{"shopperAuthorized", true},
              {"authorizationConditions", json::array()},
              {"shopperRisks", json::array()}}}}}};
}

}  // namespace gatehouse::selftest
