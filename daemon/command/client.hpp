#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <string_view>

#include "daemon/command/exit_code.hpp"

namespace gatehouse::command {

struct Reply {
  unsigned status = 0;
  std::string body;
};

/// Why there is no reply: what to exit with, and what to tell the operator.
struct CallError {
  ExitCode exit_code = ExitCode::unreachable;
  std::string message;
};

/// Calls the daemon's local API over its control socket and waits for the answer, `deadline` at
/// most for all of it. Answers above 16 MiB are an error.
[[nodiscard]] std::expected<Reply, CallError> call(const std::string& socket,
                                                   const std::string& method,
                                                   const std::string& target,
                                                   const std::string& body,
                                                   std::chrono::milliseconds deadline);

/// Where a gate is called.
struct GateAddress {
  std::string host;         ///< name or IP address, without brackets; '' for a unix socket
  std::string port;         ///< or the path of the unix socket
  std::string path_prefix;  ///< in front of every route: gate.path_prefix
};
/// Reads "http://host:port/prefix" or the absolute path of a unix socket. The error says what was
/// expected. https is not served by this client.
[[nodiscard]] std::expected<GateAddress, std::string> parse_gate_address(std::string_view text);

/// Posts JSON to a gate and waits for the answer, `deadline` at most for all of it, over a
/// connection of its own. `bearer_token` '' sends none.
[[nodiscard]] std::expected<Reply, CallError> post_to_gate(const GateAddress& gate,
                                                           std::string_view path,
                                                           const std::string& body,
                                                           const std::string& bearer_token,
                                                           std::chrono::milliseconds deadline);

}  // namespace gatehouse::command
