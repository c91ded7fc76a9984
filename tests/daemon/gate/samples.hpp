#pragma once

#include <nlohmann/json.hpp>

#include "daemon/gate/request/cart_rules.hpp"

namespace gatehouse::gate {

/// As the configuration has it by default.
inline const CartRules documented_rules{
    .payload_types = {},
    .identifier_types = {"UPC", "EAN", "BARCODE", "GTIN", "PLU", "ISBN", "EAN8"}};

/// Case 1.1 of connectors.md 2.6, with the optional fields that a numbered case names.
[[nodiscard]] inline nlohmann::json sample_cart() {
  return nlohmann::json::parse(R"({
    "requestId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    "idempotentShoppingTripId": "11111111-2222-3333-4444-555555555555",
    "storeId": "STORE-001",
    "shoppingTrip": {
      "startTime": "2024-03-22T17:00:00Z",
      "endTime": "2024-03-22T17:09:39Z",
      "authEvents": [{
        "id": "b1b2c3d4-e5f6-7890-abcd-ef1234567890",
        "timestamp": "2024-03-22T17:00:00Z",
        "location": "ENTRY",
        "payloadType": "FINANCIAL",
        "scanResult": {"id": "shopper-001", "type": "SHOPPER"}
      }]
    },
    "cartItems": [{
      "id": "SKU-001",
      "type": "SKU",
      "quantity": {"value": "1.0", "unit": "unit"},
      "externalIdentifiers": [{"id": "0123456789012", "type": "UPC"}],
      "lineItemId": "line-1"
    }],
    "shopperIdentity": {"id": "shopper-001"},
    "shopperDeviceId": "device-1"
  })");
}

/// An identity key in the form of Amazon's mock payload (connectors.md 3.1).
[[nodiscard]] inline nlohmann::json sample_identity() {
  return nlohmann::json::parse(R"({
    "requestId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    "identityKey": "SldPSU1BRzE4YmMwNTU0ZDA0NWE0OGIyOWFmYTllMmFhYWMxNGFl",
    "storeId": "STORE-001",
    "authEvent": {
      "id": "b1b2c3d4-e5f6-7890-abcd-ef1234567890",
      "timestamp": "2024-03-22T17:00:00Z",
      "location": "ENTRY"
    },
    "keyChannel": "OPTICAL"
  })");
}

/// The FAQ's example of a scan, trailing blank included.
[[nodiscard]] inline nlohmann::json sample_scan() {
  return nlohmann::json::parse(R"({
    "requestId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    "storeId": "STORE-001",
    "scanEvent": {
      "id": "MTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1LTY2NjY= ",
      "timestamp": "2024-04-25T13:03:14Z",
      "location": "ENTRY",
      "value": "string",
      "channel": "OPTICAL"
    }
  })");
}

}  // namespace gatehouse::gate
