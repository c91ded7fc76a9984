#include "tests/simulator/shop/connection.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace gatehouse::simulator {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

/// "127.0.0.1:80" or "[::1]:80" in two, without the brackets.
std::pair<std::string, std::string> host_and_port(std::string_view authority) {
  const auto colon = authority.rfind(':');
  const auto bracket = authority.rfind(']');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  auto host = authority.substr(0, has_port ? colon : authority.size());
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {std::string(host), has_port ? std::string(authority.substr(colon + 1)) : "80"};
}

bool was_closed(error_code error) {
  return error == beast::http::error::end_of_stream || error == asio::error::connection_reset ||
         error == asio::error::broken_pipe;
}

}  // namespace

Result<Address> resolve(const std::string& url) {
  constexpr std::string_view unix_prefix = "unix:";
  constexpr std::string_view http_prefix = "http://";
  if (url.starts_with(unix_prefix)) {
    const asio::local::stream_protocol::endpoint endpoint(url.substr(unix_prefix.size()));
    return Address{.endpoint = endpoint, .host = "localhost"};
  }
  if (!url.starts_with(http_prefix)) {
    return failure(Remedy::reject, "'" + url + "' is neither http://HOST:PORT nor unix:/PATH");
  }
  auto authority = std::string_view(url).substr(http_prefix.size());
  authority = authority.substr(0, authority.find('/'));
  const auto [host, port] = host_and_port(authority);
  asio::io_context loop;
  asio::ip::tcp::resolver resolver(loop);
  error_code error;
  const auto found = resolver.resolve(host, port, error);
  if (error) return failure(Remedy::reject, "resolving " + url + ": " + error.message());
  return Address{.endpoint = found.begin()->endpoint(), .host = std::string(authority)};
}

Connection::Connection(asio::any_io_executor executor, Address address, std::string bearer_token,
                       std::chrono::milliseconds timeout)
    : executor_(std::move(executor)),
      address_(std::move(address)),
      bearer_token_(std::move(bearer_token)),
      timeout_(timeout) {}

asio::awaitable<ClientReply> Connection::send(beast::http::verb method, std::string_view target,
                                              std::string_view body) {
  const bool is_kept = stream_ != nullptr;
  auto first = exchange(method, target, body);
  auto reply = co_await std::move(first);
  if (!is_kept || !was_closed(reply.error)) co_return reply;
  auto second = exchange(method, target, body);
  co_return co_await std::move(second);
}

asio::awaitable<error_code> Connection::connect() {
  error_code error;
  buffer_.clear();
  stream_ = std::make_unique<Stream>(executor_);
  stream_->expires_after(timeout_);
  co_await stream_->async_connect(address_.endpoint,
                                  asio::redirect_error(asio::use_awaitable, error));
  if (!error && address_.endpoint.protocol().family() != AF_UNIX) {
    stream_->socket().set_option(asio::ip::tcp::no_delay(true), error);
  }
  if (error) stream_.reset();
  co_return error;
}

asio::awaitable<ClientReply> Connection::exchange(beast::http::verb method, std::string_view target,
                                                  std::string_view body) {
  if (!stream_) {
    auto connected = connect();
    const auto failed = co_await std::move(connected);
    if (failed) co_return ClientReply{.error = failed};
  }
  beast::http::request<beast::http::string_body> request(method, target, 11, std::string(body));
  request.set(beast::http::field::host, address_.host);
  if (!body.empty()) request.set(beast::http::field::content_type, "application/json");
  if (!bearer_token_.empty()) {
    request.set(beast::http::field::authorization, "Bearer " + bearer_token_);
  }
  request.prepare_payload();

  error_code error;
  beast::http::response_parser<beast::http::string_body> parser;
  parser.body_limit(boost::none);
  stream_->expires_after(timeout_);
  co_await beast::http::async_write(*stream_, request,
                                    asio::redirect_error(asio::use_awaitable, error));
  if (!error) {
    co_await beast::http::async_read(*stream_, buffer_, parser,
                                     asio::redirect_error(asio::use_awaitable, error));
  }
  if (error) {
    stream_.reset();
    co_return ClientReply{.error = error};
  }
  ClientReply reply{.status = parser.get().result_int(), .body = std::move(parser.get().body())};
  if (!parser.get().keep_alive()) stream_.reset();
  co_return reply;
}

}  // namespace gatehouse::simulator
