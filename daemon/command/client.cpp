#include "daemon/command/client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <exception>
#include <optional>

namespace gatehouse::command {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using UnixStream = beast::basic_stream<asio::local::stream_protocol>;
using Request = beast::http::request<beast::http::string_body>;

constexpr std::size_t answer_max_bytes = 16 * 1024 * 1024;

Request make_request(const std::string& method, const std::string& target,
                     const std::string& body) {
  Request request(beast::http::string_to_verb(method), target, 11, body);
  request.set(beast::http::field::host, "gatehouse");
  if (!body.empty()) request.set(beast::http::field::content_type, "application/json");
  request.keep_alive(false);
  request.prepare_payload();
  return request;
}

/// Sends over a connected stream; its deadline is set.
template <class Stream>
asio::awaitable<Reply> ask_over(Stream& stream, const Request& request) {
  co_await beast::http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  beast::http::response_parser<beast::http::string_body> parser;
  parser.body_limit(answer_max_bytes);
  co_await beast::http::async_read(stream, buffer, parser, asio::use_awaitable);
  co_return Reply{parser.get().result_int(), std::move(parser.get().body())};
}

asio::awaitable<Reply> ask_unix(std::string socket, Request request,
                                std::chrono::milliseconds deadline) {
  UnixStream stream(co_await asio::this_coro::executor);
  stream.expires_after(deadline);
  const asio::local::stream_protocol::endpoint endpoint(socket);
  co_await stream.async_connect(endpoint, asio::use_awaitable);
  co_return co_await ask_over(stream, request);
}

asio::awaitable<Reply> ask_tcp(GateAddress gate, Request request,
                               std::chrono::milliseconds deadline) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  const auto found = co_await resolver.async_resolve(gate.host, gate.port, asio::use_awaitable);
  stream.expires_after(deadline);
  co_await stream.async_connect(found, asio::use_awaitable);
  co_return co_await ask_over(stream, request);
}

/// Runs it to its end. Throws what it throws.
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
  try {
    asio::io_context loop(1);
    return wait_for(ask_unix(socket, make_request(method, target, body), deadline), loop);
  } catch (const boost::system::system_error& error) {
    return std::unexpected(explained(error.code(), socket));
  }
}

std::expected<GateAddress, std::string> parse_gate_address(std::string_view text) {
  if (text.starts_with('/')) return GateAddress{{}, std::string(text), {}};
  const auto url = boost::urls::parse_uri(text);
  if (!url || url->scheme() != "http" || url->host_address().empty() || url->has_query() ||
      url->has_fragment() || url->has_userinfo()) {
    return std::unexpected(
        "expected http://host:port, with gate.path_prefix as its path, or the absolute path of a "
        "unix socket");
  }
  std::string prefix(url->encoded_path());
  if (prefix.ends_with('/')) prefix.pop_back();
  return GateAddress{url->host_address(), url->has_port() ? std::string(url->port()) : "80",
                     std::move(prefix)};
}

std::expected<Reply, CallError> post_to_gate(const GateAddress& gate, std::string_view path,
                                             const std::string& body,
                                             const std::string& bearer_token,
                                             std::chrono::milliseconds deadline) {
  Request request = make_request("POST", gate.path_prefix + std::string(path), body);
  request.set(beast::http::field::content_type, "application/json");
  if (!bearer_token.empty()) {
    request.set(beast::http::field::authorization, "Bearer " + bearer_token);
  }
  try {
    asio::io_context loop(1);
    return wait_for(gate.host.empty() ? ask_unix(gate.port, std::move(request), deadline)
                                      : ask_tcp(gate, std::move(request), deadline),
                    loop);
  } catch (const boost::system::system_error& error) {
    const std::string where = gate.host.empty() ? gate.port : gate.host + ":" + gate.port;
    return std::unexpected(
        CallError{error.code() == boost::system::errc::permission_denied ? ExitCode::not_permitted
                                                                         : ExitCode::unreachable,
                  "no answer from the gate at " + where + ": " + error.code().message()});
  }
}

}  // namespace gatehouse::command
