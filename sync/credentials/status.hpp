#pragma once

#include <optional>
#include <string>

#include "store/values/time.hpp"

namespace gatehouse::sync {

/// How things stand with keys that sign, for status and metrics. No key, no part
/// of one.
struct CredentialStatus {
  bool wanted = false;                 ///< something is signed with them
  std::string source;                  ///< "environment", "file", "process" or "iot"
  std::string role;                    ///< the role assumed with them, ''
  bool usable = false;                 ///< there are keys that have not expired
  std::optional<WallTime> expires_at;  ///< nullopt: never, or nobody knows
  std::optional<WallTime> issued_at;   ///< when the keys in use were got
  std::string last_error;  ///< why the last attempt to get or renew them failed, and what to do
  std::string used_for{};  ///< CredentialOptions::used_for
};

}  // namespace gatehouse::sync
