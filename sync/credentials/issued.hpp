#pragma once

#include <optional>
#include <string_view>

#include "store/values/result.hpp"
#include "store/values/time.hpp"
#include "sync/credentials/keys.hpp"
#include "sync/transport/json_document.hpp"

namespace gatehouse::sync {

struct IssuedCredentials {
  AwsCredentials keys;
  std::optional<WallTime> expires_at;  ///< nullopt: the source named none
};

/// Where the parts of the keys stand in an answer: paths of names (JsonValue::find).
struct IssuedNames {
  std::string_view access_key_id;
  std::string_view secret_access_key;
  std::string_view session_token;
  std::string_view expiration;
  bool temporary = true;  ///< token and expiration are required, not optional
};

/// The keys in an answer. Fails (Remedy::retry) where a part is missing, holds what no HTTP header
/// can carry, or is over its limit, and where they have expired by `now`. The error names the part
/// and never its value.
[[nodiscard]] Result<IssuedCredentials> issued_in(const JsonDocument& answer,
                                                  const IssuedNames& names, WallTime now);

/// The same for keys that came in another form.
[[nodiscard]] Result<IssuedCredentials> checked(IssuedCredentials issued, WallTime now);

}  // namespace gatehouse::sync
