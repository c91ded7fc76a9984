#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "store/cache.hpp"

namespace gatehouse::sync {

/// Reads a document of type "instrument" (docs/feed-and-cloud.md). The form is Gatehouse's own:
/// Amazon says nothing about where a store keeps what it knows of a payment instrument. What is
/// wrong with it, without its contents; or '' with `put` filled in.
[[nodiscard]] std::string read_instrument(const std::string& document_id,
                                          const nlohmann::json& document,
                                          store::InstrumentPut& put);

}  // namespace gatehouse::sync
