#pragma once

#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/command/reply.hpp"

namespace gatehouse::command {

/// Where a gate is called.
struct GateAddress {
  std::string host{};         ///< name or IP address, without brackets; '' for a unix socket
  std::string port{};         ///< or the path of the unix socket
  std::string path_prefix{};  ///< in front of every route: gate.path_prefix
  bool tls = false;
};
/// Reads "http://host:port/prefix", the same with https, or the absolute path of a unix socket. The
/// error says what was expected.
[[nodiscard]] std::expected<GateAddress, std::string> parse_gate_address(std::string_view text);

/// Whom a TLS client takes for the gate, and who it says it is. PEM files.
struct GateTrust {
  /// The gate must show exactly the first certificate of this file, whoever signed it and whatever
  /// name it carries. '' : it must be signed by an authority and be for the host's name.
  std::filesystem::path certificate{};
  std::filesystem::path authorities{};         ///< '' : those of the system
  std::filesystem::path client_certificate{};  ///< '' : none is shown
  std::filesystem::path client_key{};
};
using ClientTls = std::shared_ptr<boost::asio::ssl::context>;
/// TLS 1.2 and above. The error names the file and what is wrong with it.
[[nodiscard]] std::expected<ClientTls, std::string> client_tls(const GateTrust& trust);

/// Posts JSON to a gate and waits for the answer, `deadline` at most for all of it, over a
/// connection of its own. `tls` where the address says so. `bearer_token` '' sends none.
[[nodiscard]] std::expected<Reply, CallError> post_to_gate(
    const GateAddress& gate, const ClientTls& tls, std::string_view path, const std::string& body,
    const std::string& bearer_token, std::chrono::milliseconds deadline);

}  // namespace gatehouse::command
