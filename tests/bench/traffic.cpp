#include "tests/bench/traffic.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

namespace gatehouse::bench {
namespace {

constexpr std::string_view store_id = "STORE-001";

std::string base64(const std::string& text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace

std::string shopper_key(std::size_t i) {
  return fmt::format("{:04}-{:04}-3333-4444-5555-6666", i / 10'000, i % 10'000);
}

std::string post(std::string_view path, std::string_view body) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json\r\nContent-Length: "
      "{}\r\n\r\n{}",
      path, body.size(), body);
}

std::vector<std::string> scan_requests(std::size_t count, std::size_t shoppers) {
  std::vector<std::string> requests;
  requests.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    // A multiplicative step visits the shoppers in an order that no cache line likes.
    const std::size_t shopper = (i * 2'654'435'761U) % shoppers;
    requests.push_back(post(
        "/v1/identity/scan",
        fmt::format(
            R"({{"requestId":"a1b2c3d4-e5f6-7890-abcd-{:012x}","storeId":"{}","scanEvent":{{"id":"{}","timestamp":"2024-04-25T13:03:14Z","location":"ENTRY","value":"string","channel":"OPTICAL"}}}})",
            i, store_id, base64(shopper_key(shopper)))));
  }
  return requests;
}

std::string trip_id(std::size_t i, std::string_view run) {
  return fmt::format("{}-{:012}", run, i);
}

std::vector<std::string> carts(std::size_t count, std::string_view run) {
  std::vector<std::string> bodies;
  bodies.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::string items;
    for (int line = 0; line < 6; ++line) {
      items += fmt::format(
          R"({}{{"id":"SKU-{:05}","type":"SKU","quantity":{{"value":"1.0","unit":"unit"}},"lineItemId":"{}"}})",
          line == 0 ? "" : ",", (i * 7 + static_cast<std::size_t>(line)) % 100'000, line);
    }
    bodies.push_back(fmt::format(
        R"({{"requestId":"a1b2c3d4-e5f6-7890-abcd-{:012x}","idempotentShoppingTripId":"{}","storeId":"{}","shoppingTrip":{{"startTime":"2024-03-22T17:00:00Z","endTime":"2024-03-22T17:09:39Z","authEvents":[{{"id":"11111111-2222-3333-4444-555555555555","timestamp":"2024-03-22T17:00:00Z","location":"ENTRY","payloadType":"FINANCIAL","scanResult":{{"id":"shopper-001","type":"SHOPPER"}}}}]}},"cartItems":[{}]}})",
        i, trip_id(i, run), store_id, items));
  }
  return bodies;
}

}  // namespace gatehouse::bench
