#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse {

/// Appends the text as a JSON string, quotes and all. What is not UTF-8 in it is replaced by
/// U+FFFD, so that the result is JSON whatever came in.
void append_json_string(std::string& json, std::string_view text);
/// The text as a JSON string.
[[nodiscard]] std::string json_string(std::string_view text);

/// Without the byte order mark that some servers and proxies put before an answer. It says nothing.
[[nodiscard]] std::string_view without_byte_order_mark(std::string_view text);

/// Number of Unicode code points.
[[nodiscard]] std::size_t count_characters(std::string_view utf8);
/// The longest beginning of at most so many code points.
[[nodiscard]] std::string_view cut_to_characters(std::string_view utf8, std::size_t characters_max);

}  // namespace gatehouse
