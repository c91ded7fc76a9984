#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "sync/transport/transport.hpp"

namespace gatehouse::command {

/// Whom a TLS client takes for the gate, and who it says it is. PEM files.
struct GateTrust {
  /// The gate must show exactly the first certificate of this file, and it must be valid now;
  /// whoever signed it and whatever name it carries. '' : it must be signed by an authority and be
  /// for the host's name.
  std::filesystem::path certificate{};
  std::filesystem::path authorities{};         ///< '' : those of the system
  std::filesystem::path client_certificate{};  ///< '' : none is shown
  std::filesystem::path client_key{};
};

/// The same as a call takes it (sync/transport/blocking_call.hpp).
struct ClientTls {
  sync::Login login{};
  std::string authorities_file{};
  std::string only_certificate{};
  std::string remedy{};  ///< for people: what to look at where the gate is not trusted
};
/// Every file has been looked at: the error names the one that cannot be used, and what is wrong
/// with it.
[[nodiscard]] std::expected<ClientTls, std::string> client_tls(const GateTrust& trust);

}  // namespace gatehouse::command
