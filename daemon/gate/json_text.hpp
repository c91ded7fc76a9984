#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse::gate {

/// Appends the text as a JSON string, quotes and all. The text must be UTF-8.
void append_json_string(std::string& json, std::string_view utf8);

/// Number of Unicode code points.
[[nodiscard]] std::size_t count_characters(std::string_view utf8);
/// The longest beginning of at most so many code points.
[[nodiscard]] std::string_view cut_to_characters(std::string_view utf8, std::size_t characters_max);

}  // namespace gatehouse::gate
