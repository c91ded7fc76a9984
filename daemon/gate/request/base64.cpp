#include "daemon/gate/request/base64.hpp"

#include <array>
#include <cstdint>

namespace gatehouse::gate {
namespace {

constexpr std::uint32_t no_digit = 0xFF;

constexpr std::array<std::uint8_t, 256> make_digits() {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> digits{};
  digits.fill(no_digit);
  for (std::size_t value = 0; value < alphabet.size(); ++value) {
    digits[static_cast<unsigned char>(alphabet[value])] = static_cast<std::uint8_t>(value);
  }
  return digits;
}
constexpr auto digits = make_digits();

std::uint32_t digit_of(char character) {
  return digits[static_cast<unsigned char>(character)];
}

/// Appends the bytes of one group: as many digits as are not padding (2, 3 or 4), worth one byte
/// less than they are many.
bool decode_group(std::string_view group, std::string& bytes) {
  std::uint32_t value = 0;
  for (const char character : group) {
    const std::uint32_t digit = digit_of(character);
    if (digit == no_digit) return false;
    value = value << 6U | digit;
  }
  value <<= 6U * (4 - group.size());
  for (std::size_t byte = 0; byte + 1 < group.size(); ++byte) {
    bytes.push_back(static_cast<char>(value >> 16U & 0xFFU));
    value = value << 8U & 0xFFFFFFU;
  }
  return value == 0;  // bits that belong to no byte: set only in a non-canonical text
}

}  // namespace

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<std::string> without_line_end(const std::optional<std::string>& code) {
  if (!code || !(code->ends_with('\r') || code->ends_with('\n'))) return std::nullopt;
  const auto last = code->find_last_not_of("\r\n");
  if (last == std::string::npos) return std::nullopt;
  return code->substr(0, last + 1);
}

std::optional<std::string> decode_base64(std::string_view text) {
  text = without_blanks(text);
  // MIME breaks its lines after 76 characters: no more breaks than that are read away.
  if (text.size() > base64_text_max + base64_text_max / 16) return std::nullopt;
  std::string joined;
  if (text.find_first_of("\r\n") != std::string_view::npos) {
    joined = text;
    std::erase_if(joined, [](char c) { return c == '\r' || c == '\n'; });
    text = joined;
  }
  if (text.size() > base64_text_max) return std::nullopt;
  if (text.ends_with('=')) {
    if (text.size() % 4 != 0) return std::nullopt;
    text.remove_suffix(text.ends_with("==") ? 2 : 1);
  }
  if (text.size() % 4 == 1) return std::nullopt;  // no byte ends there
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  for (; !text.empty(); text.remove_prefix(text.size() < 4 ? text.size() : 4)) {
    if (!decode_group(text.substr(0, 4), bytes)) return std::nullopt;
  }
  return bytes;
}

}  // namespace gatehouse::gate
