#pragma once

#include <chrono>
#include <string>

namespace gatehouse::http {

/// A certificate and its key, as PEM.
struct Identity {
  std::string certificate;
  std::string key;
};

/// A self-signed authority.
[[nodiscard]] Identity make_authority(const std::string& name,
                                      std::chrono::seconds valid_for = std::chrono::hours(1));
/// A certificate for `name` (common name and DNS name) that `authority` has signed.
[[nodiscard]] Identity make_identity(const std::string& name, const Identity& authority,
                                     std::chrono::seconds valid_for = std::chrono::hours(1));

}  // namespace gatehouse::http
