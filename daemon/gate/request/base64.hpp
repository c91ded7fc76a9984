#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::gate {

/// Longest Base64 text that is read, without its surrounding blanks. The contract limits a scan
/// key's Base64 to 1000 characters (connectors.md 3.1, identityKey); that a scanEvent is no longer
/// is inference.
inline constexpr std::size_t base64_text_max = 1000;

/// What may stand around the text.
inline constexpr std::string_view base64_blanks = " \t\r\n";

/// Reads Base64 as RFC 4648 section 4 writes it: the standard alphabet, and only the canonical form
/// (unused bits are zero). Padding may be missing as a whole, and the text may be broken into
/// lines: that says nothing else. Blanks around the text are forgiven, because the FAQ's own
/// example ends with one; blanks inside are not. nullopt: it is not Base64, or longer than
/// base64_text_max. The bytes are any bytes, or none.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

/// A code without the CR and LF that a scanner has put at its end; nullopt where it has none, or is
/// nothing else.
[[nodiscard]] std::optional<std::string> without_line_end(const std::optional<std::string>& code);

}  // namespace gatehouse::gate
