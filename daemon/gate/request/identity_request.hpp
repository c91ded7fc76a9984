#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "daemon/gate/request/field_error.hpp"
#include "store/values/time.hpp"

namespace gatehouse::gate {

class DocumentParser;

/// What the gate needs of POST /v1/identity/identity-keys (connectors.md 3.1). The view is into the
/// parser, good until its next parse().
struct IdentityRequest {
  std::string_view store_id;
  std::string code;  ///< identityKey, decoded; not empty
  WallTime event_at;
};

/// Reads and checks by the 17 numbered cases of connectors.md 3.4. Whether the store is ours (3.8)
/// is not asked here.
///
/// Where the contract is silent, by inference: authEvent.id is a UUID (something may follow it, as
/// in a cart); authEvent.location is ENTRY, EXIT or MANUAL_IN_STORE, the values of a cart's auth
/// event; keyChannel is optional, and one of `key_channels` (gate.key_channels; none: any text),
/// for OPTICAL is the only one that Amazon's pages show, and another one must be 400 (3.16).
[[nodiscard]] std::expected<IdentityRequest, FieldError> parse_identity(
    DocumentParser& parser, std::string_view body, std::span<const std::string> key_channels);

}  // namespace gatehouse::gate
