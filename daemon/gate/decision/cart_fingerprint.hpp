#pragma once

#include <string>
#include <string_view>

namespace gatehouse::gate {

/// What tells two carts of one trip apart: SHA-256 (32 bytes) of the body without its requestId.
/// Amazon makes a new requestId for every request (connectors.md 2.1), so a retry of the same cart
/// differs from the first try by that alone, and must not look like another cart.
[[nodiscard]] std::string cart_fingerprint(std::string_view body, std::string_view request_id);

}  // namespace gatehouse::gate
