#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <string_view>

#include "daemon/command/gate_trust.hpp"
#include "daemon/command/reply.hpp"

namespace gatehouse::command {

/// Where a gate is called.
struct GateAddress {
  std::string host{};         ///< name or IP address, without brackets; '' for a unix socket
  std::string port{};         ///< or the path of the unix socket
  std::string path_prefix{};  ///< in front of every route: gate.path_prefix
  std::string authority{};    ///< the Host header; '' for a unix socket
  bool tls = false;
};
/// Reads "http://host:port/prefix", the same with https, or the absolute path of a unix socket. The
/// error says what was expected.
[[nodiscard]] std::expected<GateAddress, std::string> parse_gate_address(std::string_view text);

/// Posts JSON to a gate and waits for the answer, `deadline` at most for all of it, over a
/// connection of its own. `tls` is for an address that says so. `bearer_token` '' sends none.
[[nodiscard]] std::expected<Reply, CallError> post_to_gate(
    const GateAddress& gate, const ClientTls& tls, std::string_view path, const std::string& body,
    const std::string& bearer_token, std::chrono::milliseconds deadline);

}  // namespace gatehouse::command
