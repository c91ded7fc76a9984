#pragma once

#include <string>
#include <string_view>

namespace gatehouse::gate {

/// The same JSON text with every well-formed number in it replaced by 0, blanks keeping the length.
/// RFC 8259 sets no limit to a number, simdjson refuses what does not fit 64 bits; no connector
/// reads a number, so one that is too wide for simdjson must not cost a cart. Malformed numbers
/// stay, for the parser to refuse.
[[nodiscard]] std::string with_narrow_numbers(std::string_view json);

/// The same JSON text with every well-formed number in it as a string of the same characters:
/// `15.90` becomes `"15.90"`. So an amount is read as it was sent, and never as a double.
[[nodiscard]] std::string with_quoted_numbers(std::string_view json);

/// RFC 8259 section 6.
[[nodiscard]] bool is_json_number(std::string_view text);

}  // namespace gatehouse::gate
