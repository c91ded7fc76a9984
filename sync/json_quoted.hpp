#pragma once

#include <string>
#include <string_view>

namespace gatehouse::sync {

/// The text as a JSON string, quotes included. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_quoted(std::string_view text);

}  // namespace gatehouse::sync
