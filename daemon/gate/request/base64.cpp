#include "daemon/gate/request/base64.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "store/values/text/ascii.hpp"

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

/// Appends the bytes of one group: of as many digits as are not padding (2, 3 or 4), which are
/// worth one byte less than they are many.
template <std::size_t size>
bool decode_group(std::string_view group, std::string& bytes) {
  std::uint32_t value = 0;
  for (std::size_t place = 0; place < size; ++place) {
    const std::uint32_t digit = digit_of(group[place]);
    if (digit == no_digit) return false;
    value = value << 6U | digit;
  }
  value <<= 6U * (4 - size);
  std::array<char, size - 1> decoded;
  for (char& byte : decoded) {
    byte = static_cast<char>(value >> 16U & 0xFFU);
    value = value << 8U & 0xFFFFFFU;
  }
  bytes.append(decoded.data(), decoded.size());
  return value == 0;  // bits that belong to no byte: set only in a non-canonical text
}

bool is_line_end(char c) {
  return c == '\r' || c == '\n';
}

}  // namespace

std::optional<std::string> without_line_end(const std::optional<std::string>& code) {
  if (!code || !(code->ends_with('\r') || code->ends_with('\n'))) return std::nullopt;
  const auto last = code->find_last_not_of("\r\n");
  if (last == std::string::npos) return std::nullopt;
  return code->substr(0, last + 1);
}

std::optional<std::string> decode_base64(std::string_view text) {
  text = trimmed(text, base64_blanks);
  // MIME breaks its lines after 76 characters: no more breaks than that are read away.
  if (text.size() > base64_text_max + base64_text_max / 16) return std::nullopt;
  std::string joined;
  if (std::ranges::any_of(text, is_line_end)) {
    joined = text;
    std::erase_if(joined, is_line_end);
    text = joined;
  }
  if (text.size() > base64_text_max) return std::nullopt;
  if (text.ends_with('=')) {
    if (text.size() % 4 != 0) return std::nullopt;
    text.remove_suffix(text.ends_with("==") ? 2 : 1);
  }
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  for (; text.size() >= 4; text.remove_prefix(4)) {
    if (!decode_group<4>(text, bytes)) return std::nullopt;
  }
  const bool ends_well = text.empty() || (text.size() == 2 && decode_group<2>(text, bytes)) ||
                         (text.size() == 3 && decode_group<3>(text, bytes));
  if (!ends_well) return std::nullopt;
  return bytes;
}

}  // namespace gatehouse::gate
