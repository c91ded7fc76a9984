#include "daemon/command/client.hpp"

#include "sync/transport/blocking_call.hpp"

namespace gatehouse::command {
namespace {

using sync::CallFailure;

std::string unreachable(const sync::CallResult& result, const std::string& socket) {
  if (result.failure == CallFailure::timed_out) return "the daemon does not answer on " + socket;
  return "cannot reach the daemon on " + socket + ": " + result.reply.error;
}

CallError explained(const sync::CallResult& result, const std::string& socket) {
  if (result.failure == CallFailure::not_permitted) {
    return {ExitCode::not_permitted,
            "not allowed to use " + socket + ": run it as root, or join group gatehouse"};
  }
  return {ExitCode::unreachable, unreachable(result, socket) + "; see systemctl status gatehouse"};
}

constexpr std::string_view no_daemon = "not gatehoused";

CallError answered_by(const std::string& socket, std::string_view what) {
  return {ExitCode::unreachable, "what answers on " + socket + " is " + std::string(what)};
}

}  // namespace

std::expected<Reply, CallError> call(const std::string& socket, const std::string& method,
                                     const std::string& target, const std::string& body,
                                     std::chrono::milliseconds deadline) {
  sync::BlockingCall call{.unix_socket = socket};
  call.request.method = method;
  call.request.url = "http://gatehouse" + target;  // HTTP wants a host; nobody looks at it
  if (method == "POST") call.request.headers.emplace_back("Content-Type", "application/json");
  call.request.body = body;
  call.request.timeout = deadline;
  call.request.answer_max_bytes = answer_max_bytes;
  sync::CallResult result = sync::blocking_call(std::move(call));
  if (result.failure != CallFailure::none) return std::unexpected(explained(result, socket));
  return Reply{static_cast<unsigned>(result.reply.status), std::move(result.reply.body)};
}

std::expected<sync::JsonDocument, CallError> answer_in(const Reply& reply,
                                                       const std::string& socket) {
  auto document = sync::JsonDocument::read_object(reply.body);
  if (!document) {
    return std::unexpected(answered_by(socket, sync::what_came(document.error(), no_daemon)));
  }
  if (reply.status != 200 && !(*document)["errorMsg"].text()) {
    return std::unexpected(not_gatehoused(socket));
  }
  return *std::move(document);
}

CallError not_gatehoused(const std::string& socket) {
  return answered_by(socket, no_daemon);
}

ExitCode refusal_code(unsigned status) {
  if (status == 403) return ExitCode::not_permitted;
  return status == 400 ? ExitCode::wrong_input : ExitCode::unhealthy;
}

}  // namespace gatehouse::command
