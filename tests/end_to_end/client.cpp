#include "tests/end_to_end/client.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <chrono>
#include <stdexcept>

#include "sync/transport/blocking_call.hpp"

namespace gatehouse::end_to_end {
namespace {

Reply exchange(const char* method, unsigned short port, std::string_view path,
               std::string_view body) {
  sync::Request request;
  request.method = method;
  request.url = fmt::format("http://127.0.0.1:{}{}", port, path);
  request.body = body;
  request.timeout = std::chrono::seconds{60};
  request.answer_max_bytes = 64U << 20U;
  request.headers.emplace_back("Content-Type", "application/json");
  sync::CallResult result = sync::blocking_call({std::move(request)});
  if (result.failure != sync::CallFailure::none) throw std::runtime_error(result.reply.error);
  return {result.reply.status, std::move(result.reply.body), result.reply.retry_after.has_value()};
}

std::string base64(std::string_view text) {
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0');
  out.resize(static_cast<std::size_t>(EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(out.data()),
      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()))));
  return out;
}

}  // namespace

Reply post(unsigned short port, std::string_view path, std::string_view body) {
  return exchange("POST", port, path, body);
}

Reply get(unsigned short port, std::string_view path) {
  return exchange("GET", port, path, "");
}

std::string cart(std::string_view trip_id, std::string_view sku, std::string_view payload_type) {
  // Of when the test began: a repetition is a repetition, and a box withholds what began long
  // before its ledger was made.
  const testing::TestResult& test =
      *testing::UnitTest::GetInstance()->current_test_info()->result();
  const auto ended_at = std::chrono::floor<std::chrono::seconds>(
      std::chrono::sys_time(std::chrono::milliseconds(test.start_timestamp())));
  const std::string start = fmt::format("{:%FT%TZ}", ended_at - std::chrono::seconds(10));
  const std::string end = fmt::format("{:%FT%TZ}", ended_at);
  return fmt::format(
      R"({{"requestId":"a1b2c3d4-e5f6-7890-abcd-ef1234567890","idempotentShoppingTripId":"{}","storeId":"STORE-001","shoppingTrip":{{"startTime":"{}","endTime":"{}","authEvents":[{{"id":"11111111-2222-3333-4444-555555555555","timestamp":"{}","location":"ENTRY","payloadType":"{}","scanResult":{{"id":"shopper-001","type":"SHOPPER"}}}}]}},"cartItems":[{{"id":"{}","type":"SKU","quantity":{{"value":"1.0","unit":"unit"}}}}]}})",
      trip_id, start, end, start, payload_type, sku);
}

std::string scan(std::string_view code) {
  return fmt::format(
      R"({{"requestId":"a1b2c3d4-e5f6-7890-abcd-ef1234567890","storeId":"STORE-001","scanEvent":{{"id":"{}","timestamp":"2024-04-25T13:03:14Z","location":"ENTRY","value":"string","channel":"OPTICAL"}}}})",
      base64(code));
}

}  // namespace gatehouse::end_to_end
