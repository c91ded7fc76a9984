#pragma once

#include <boost/asio/ssl/context.hpp>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>

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

struct ClientTls {
  std::shared_ptr<boost::asio::ssl::context> context{};
  bool checks_name = true;  ///< of the host
  std::string remedy{};     ///< for people: what to look at where the gate is not trusted
};
/// TLS 1.2 and above. The error names the file and what is wrong with it.
[[nodiscard]] std::expected<ClientTls, std::string> client_tls(const GateTrust& trust);

}  // namespace gatehouse::command
