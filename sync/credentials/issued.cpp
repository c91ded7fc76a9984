#include "sync/credentials/issued.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/values/text/ascii.hpp"
#include "sync/credentials/expiration.hpp"

namespace gatehouse::sync {
namespace {

// AWS: an id has 16 to 128 characters, a secret 40; a token's size is not fixed, and about 1 KiB.
constexpr std::size_t access_key_id_max_bytes = 128;
constexpr std::size_t secret_max_bytes = 1024;
constexpr std::size_t token_max_bytes = 16 * 1024;

bool fits(std::string_view text, std::size_t max_bytes) {
  return text.size() <= max_bytes && std::ranges::all_of(text, is_visible);
}

std::unexpected<Error> missing(std::string_view name) {
  return failure(Remedy::retry, fmt::format("{} is missing in it", name));
}

}  // namespace

Result<IssuedCredentials> checked(IssuedCredentials issued, WallTime now) {
  const AwsCredentials& keys = issued.keys;
  if (keys.access_key_id.empty()) return missing("the access key id");
  if (keys.secret_access_key.empty()) return missing("the secret access key");
  if (!fits(keys.access_key_id, access_key_id_max_bytes) ||
      !fits(keys.secret_access_key, secret_max_bytes) ||
      !fits(keys.session_token, token_max_bytes)) {
    return failure(
        Remedy::retry,
        "a credential in it is too long, or contains a blank or another invalid character");
  }
  if (issued.expires_at && *issued.expires_at <= now) {
    return failure(
        Remedy::retry,
        "the credentials in it have expired already: renew them at their source, and check "
        "this machine's clock");
  }
  return issued;
}

Result<IssuedCredentials> issued_in(const JsonDocument& answer, const IssuedNames& names,
                                    WallTime now) {
  const auto text = [&answer](std::string_view name) {
    return std::string(answer.find(name).scalar().value_or(""));
  };
  IssuedCredentials issued{
      {text(names.access_key_id), text(names.secret_access_key), text(names.session_token)}, {}};
  if (issued.keys.access_key_id.empty()) return missing(names.access_key_id);
  if (issued.keys.secret_access_key.empty()) return missing(names.secret_access_key);
  if (names.temporary && issued.keys.session_token.empty()) return missing(names.session_token);
  const auto expiration = answer.find(names.expiration).scalar();
  if (names.temporary && !expiration) return missing(names.expiration);
  if (expiration) {
    issued.expires_at = read_expiration(*expiration);
    if (!issued.expires_at) {
      return failure(Remedy::retry,
                     fmt::format("{} is no time such as 2025-05-02T00:05:18Z", names.expiration));
    }
  }
  return checked(std::move(issued), now);
}

}  // namespace gatehouse::sync
