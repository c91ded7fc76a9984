#pragma once

#include <algorithm>
#include <string>
#include <string_view>

// Characters as protocols and file formats mean them: by ASCII alone, whatever the locale. What
// <cctype> and boost::algorithm ask a locale, and <cctype> is undefined for bytes above ASCII.
namespace gatehouse {

[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}
[[nodiscard]] constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || is_capital(c);
}
[[nodiscard]] constexpr bool is_letter_or_digit(char c) {
  return is_letter(c) || is_digit(c);
}
/// What a name is made of that goes into a log, a metric or a document as it is.
[[nodiscard]] constexpr bool is_of_name(char c) {
  return is_letter_or_digit(c) || c == '_' || c == '-';
}
/// 0x00 to 0x1F, and 0x7F.
[[nodiscard]] constexpr bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}
[[nodiscard]] constexpr bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}
/// Printable, and no blank.
[[nodiscard]] constexpr bool is_visible(char c) {
  return c > ' ' && c <= '~';
}

[[nodiscard]] constexpr char lower_case(char c) {
  return is_capital(c) ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = lower_case(c);
  return lowered;
}

/// UTF-8 may be in it, a line break may not.
[[nodiscard]] constexpr bool has_control(std::string_view text) {
  return std::ranges::any_of(text, is_control);
}

/// Without the blanks before and after it.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text,
                                                 std::string_view blanks = " \t\r") {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace gatehouse
