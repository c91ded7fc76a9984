#include "daemon/command/exchange.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>

namespace gatehouse::command {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

}  // namespace

Request make_request(const std::string& method, const std::string& target,
                     const std::string& body) {
  Request request(http::string_to_verb(method), target, 11, body);
  request.set(http::field::host, "gatehouse");
  if (!body.empty()) request.set(http::field::content_type, "application/json");
  request.keep_alive(false);
  request.prepare_payload();
  return request;
}

asio::awaitable<UnixStream> connect_unix(std::string socket, std::chrono::milliseconds deadline) {
  UnixStream stream(co_await asio::this_coro::executor);
  stream.expires_after(deadline);
  const asio::local::stream_protocol::endpoint endpoint(socket);
  co_await stream.async_connect(endpoint, asio::use_awaitable);
  co_return stream;
}

Reply wait_for(asio::awaitable<Reply> asking, asio::io_context& loop) {
  std::optional<Reply> reply;
  std::exception_ptr failed;
  asio::co_spawn(loop, std::move(asking), [&](std::exception_ptr thrown, Reply answer) {
    failed = thrown;
    reply = std::move(answer);
  });
  loop.run();
  if (failed) std::rethrow_exception(failed);
  return std::move(*reply);
}

}  // namespace gatehouse::command
