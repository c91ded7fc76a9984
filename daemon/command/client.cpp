#include "daemon/command/client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <optional>

namespace gatehouse::command {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Stream = beast::basic_stream<asio::local::stream_protocol>;
using Request = beast::http::request<beast::http::string_body>;

constexpr std::size_t kAnswerMax_bytes = 16 * 1024 * 1024;

Request make_request(const std::string& method, const std::string& target,
                     const std::string& body) {
  Request request(beast::http::string_to_verb(method), target, 11, body);
  request.set(beast::http::field::host, "gatehouse");
  if (!body.empty()) request.set(beast::http::field::content_type, "application/json");
  request.keep_alive(false);
  request.prepare_payload();
  return request;
}

asio::awaitable<Reply> exchange(std::string socket, Request request,
                                std::chrono::milliseconds deadline) {
  Stream stream(co_await asio::this_coro::executor);
  stream.expires_after(deadline);
  const asio::local::stream_protocol::endpoint endpoint(socket);
  co_await stream.async_connect(endpoint, asio::use_awaitable);
  co_await beast::http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  beast::http::response_parser<beast::http::string_body> parser;
  parser.body_limit(kAnswerMax_bytes);
  co_await beast::http::async_read(stream, buffer, parser, asio::use_awaitable);
  co_return Reply{parser.get().result_int(), std::move(parser.get().body())};
}

CallError explained(const boost::system::error_code& error, const std::string& socket) {
  if (error == boost::system::errc::permission_denied) {
    return {ExitCode::not_permitted,
            "not allowed to use " + socket + ": run it as root, or join group gatehouse"};
  }
  const bool silent = error == beast::error::timeout;
  return {ExitCode::unreachable,
          (silent ? "the daemon does not answer on " + socket
                  : "cannot reach the daemon on " + socket + ": " + error.message()) +
              "; see systemctl status gatehouse"};
}

}  // namespace

std::expected<Reply, CallError> call(const std::string& socket, const std::string& method,
                                     const std::string& target, const std::string& body,
                                     std::chrono::milliseconds deadline) {
  asio::io_context loop(1);
  std::optional<Reply> reply;
  std::exception_ptr failed;
  try {
    asio::co_spawn(loop, exchange(socket, make_request(method, target, body), deadline),
                   [&](std::exception_ptr thrown, Reply answer) {
                     failed = thrown;
                     reply = std::move(answer);
                   });
    loop.run();
    if (failed) std::rethrow_exception(failed);
    return std::move(*reply);
  } catch (const boost::system::system_error& error) {
    return std::unexpected(explained(error.code(), socket));
  }
}

}  // namespace gatehouse::command
