#pragma once

#include <string>
#include <string_view>

#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// Why a request must not be handed to curl, or ''. Keeps header injection out, and keeps signed
/// requests inside what libcurl 7.88.1 (Debian 12) signs correctly, as measured against botocore:
/// a plain path, a query in canonical form on a GET alone (signed_url.hpp), and headers none of
/// which repeats or is a prefix of another. Outside of it the far side would answer 403, which
/// looks like bad credentials.
[[nodiscard]] std::string refusal(const Request& request);

/// `text` with the user name, password and query of `url` blotted out, wherever they occur.
[[nodiscard]] std::string without_secrets(std::string text, std::string_view url);

/// The letters that `text` begins with: the name in an error type such as
/// "ExpiredTokenException:http://…".
[[nodiscard]] std::string letters(std::string_view text);

}  // namespace gatehouse::sync
