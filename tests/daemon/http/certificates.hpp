#pragma once

#include <string>

namespace gatehouse::http {

/// A certificate and its key, as PEM.
struct Identity {
  std::string certificate;
  std::string key;
};

/// A self-signed authority, valid for an hour.
[[nodiscard]] Identity make_authority(const std::string& name);
/// A certificate for `name` (common name and DNS name) that `authority` has signed.
[[nodiscard]] Identity make_identity(const std::string& name, const Identity& authority);

}  // namespace gatehouse::http
