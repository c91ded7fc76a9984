#pragma once

#include <string>

namespace gatehouse::sync {

/// What signs a call to Amazon. Never logged, never part of an error.
struct AwsCredentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;
  bool operator==(const AwsCredentials&) const = default;
};

}  // namespace gatehouse::sync
