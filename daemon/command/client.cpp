#include "daemon/command/client.hpp"

#include <boost/beast/core/error.hpp>

#include "daemon/command/exchange.hpp"

namespace gatehouse::command {
namespace {

namespace asio = boost::asio;

asio::awaitable<Reply> ask(std::string socket, Request request,
                           std::chrono::milliseconds deadline) {
  UnixStream stream = co_await connect_unix(std::move(socket), deadline);
  co_return co_await ask_over(stream, request);
}

CallError explained(const boost::system::error_code& error, const std::string& socket) {
  if (error == boost::system::errc::permission_denied) {
    return {ExitCode::not_permitted,
            "not allowed to use " + socket + ": run it as root, or join group gatehouse"};
  }
  const bool silent = error == boost::beast::error::timeout;
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
    return wait_for(ask(socket, make_request(method, target, body), deadline), loop);
  } catch (const boost::system::system_error& error) {
    return std::unexpected(explained(error.code(), socket));
  }
}

}  // namespace gatehouse::command
