#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sync/transport/json_document.hpp"

// Whether an answer of 200 is what the daemon says of a page of changes. Anything else that listens
// on the socket, or half of an answer, must never read as work that was done.
namespace gatehouse::command {

/// `subject` is the member that counts what was done, "records" or "trips". What an earlier daemon
/// did not send (sums, when records are sent) may be missing, but is of no other kind.
[[nodiscard]] bool is_bulk_page(sync::JsonValue page, std::string_view subject);
/// Of a list of decisions.
[[nodiscard]] bool is_decided_page(sync::JsonValue page);

/// Of a verified ledger.
[[nodiscard]] bool is_verified_page(sync::JsonValue page);

/// A whole number; nullopt: it is none, or text.
[[nodiscard]] std::optional<std::int64_t> whole(sync::JsonValue value);

}  // namespace gatehouse::command
