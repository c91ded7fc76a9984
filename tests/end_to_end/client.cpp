#include "tests/end_to_end/client.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/detail/base64.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

namespace gatehouse::end_to_end {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

// A coroutine, because only asynchronous operations obey expires_after.
asio::awaitable<Reply> converse(unsigned short port, http::request<http::string_body> request) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  stream.expires_after(std::chrono::seconds(60));
  const asio::ip::tcp::endpoint gate(asio::ip::address_v4::loopback(), port);
  co_await stream.async_connect(gate, asio::use_awaitable);
  co_await http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  co_await http::async_read(stream, buffer, response, asio::use_awaitable);
  co_return Reply{static_cast<int>(response.result_int()), std::move(response.body())};
}

Reply exchange(unsigned short port, http::verb method, std::string_view path,
               std::string_view body) {
  http::request<http::string_body> request{method, path, 11};
  request.set(http::field::host, "gate");
  request.set(http::field::content_type, "application/json");
  request.body() = body;
  request.prepare_payload();
  asio::io_context loop;
  auto reply = asio::co_spawn(loop, converse(port, std::move(request)), asio::use_future);
  loop.run();
  return reply.get();
}

std::string base64(std::string_view text) {
  std::string out(beast::detail::base64::encoded_size(text.size()), '\0');
  out.resize(beast::detail::base64::encode(out.data(), text.data(), text.size()));
  return out;
}

}  // namespace

Reply post(unsigned short port, std::string_view path, std::string_view body) {
  return exchange(port, http::verb::post, path, body);
}

Reply get(unsigned short port, std::string_view path) {
  return exchange(port, http::verb::get, path, "");
}

std::string cart(std::string_view trip_id, std::string_view sku, std::string_view payload_type) {
  // Of today, so that it can still be charged; once a run, so that a repetition is a repetition.
  static const auto ended_at =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  // A box withholds what began long before its ledger was made.
  static const std::string start = fmt::format("{:%FT%TZ}", ended_at - std::chrono::seconds(10));
  static const std::string end = fmt::format("{:%FT%TZ}", ended_at);
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
