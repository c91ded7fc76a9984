#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "daemon/command/arguments.hpp"
#include "daemon/command/gate_client.hpp"

namespace gatehouse::command {

/// The gate that `gatehouse selftest` calls, and how.
struct SelftestTarget {
  GateAddress gate{};
  ClientTls tls{};          ///< for an address that says so
  std::string gate_text{};  ///< the address for people
  std::string store_id{};
  std::string bearer_token{};
  /// gate.identifier_types; nullopt: the gate is not that of the configuration.
  std::optional<std::vector<std::string>> identifier_types = std::nullopt;
};

/// What is not named on the command line is read from the configuration. A gate of the
/// configuration that speaks TLS must show the very certificate that is configured, unless --ca
/// says otherwise. The error says what is missing or wrong.
[[nodiscard]] std::expected<SelftestTarget, std::string> find_selftest_target(
    const Arguments& arguments, const configuration::Environment& environment);

}  // namespace gatehouse::command
