#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace gatehouse::local {

/// The status as a page for a browser: no script, nothing from elsewhere, renewed every 5 s. It is
/// made from the status' own JSON, so that the two never differ.
[[nodiscard]] std::string status_page(const nlohmann::ordered_json& status);

}  // namespace gatehouse::local
