#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "store/cache/records.hpp"

namespace gatehouse::sync {

/// Reads a document of type "instrument" (docs/feed-and-cloud.md), without its document_id. The
/// form is Gatehouse's own: Amazon says nothing about where a store keeps what it knows of a
/// payment instrument. Where a member cannot be read, `unclear` says what is wrong, without its
/// contents; then what is held against the instrument is there as far as it can be read, and what
/// is granted to it is not.
[[nodiscard]] store::InstrumentPut read_instrument(const nlohmann::json& document);

}  // namespace gatehouse::sync
