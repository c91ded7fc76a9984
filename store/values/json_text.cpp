#include "store/values/json_text.hpp"

#include <algorithm>

#include "store/values/text/hexadecimal.hpp"

namespace gatehouse {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

bool is_plain(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

void append_escaped(std::string& json, char character) {
  if (character == '"' || character == '\\') {
    json.append(1, '\\').append(1, character);
  } else {
    json.append("\\u00").append(hexadecimal({&character, 1}));
  }
}

/// Of the second byte, by the first one: no overlong form, no surrogate, nothing above U+10FFFF.
struct SecondByte {
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
};

SecondByte second_byte_after(unsigned char first) {
  if (first == 0xE0) return {0xA0, 0xBF};
  if (first == 0xED) return {0x80, 0x9F};
  if (first == 0xF0) return {0x90, 0xBF};
  if (first == 0xF4) return {0x80, 0x8F};
  return {};
}

/// Bytes of the character of more than one byte that the text begins with; 0: it begins with none.
std::size_t wide_character(std::string_view text) {
  const auto byte = [text](std::size_t place) { return static_cast<unsigned char>(text[place]); };
  const unsigned char first = byte(0);
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  const auto [low, high] = second_byte_after(first);
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t place = 2; place < length; ++place) {
    if (begins_character(text[place])) return 0;
  }
  return length;
}

}  // namespace

void append_json_string(std::string& json, std::string_view text) {
  json.push_back('"');
  while (true) {
    const auto special = std::ranges::find_if_not(text, is_plain);
    json.append(text.begin(), special);
    text.remove_prefix(static_cast<std::size_t>(special - text.begin()));
    if (text.empty()) break;
    std::size_t taken = 1;
    if (static_cast<unsigned char>(text.front()) < 0x80) {
      append_escaped(json, text.front());
    } else if (const auto length = wide_character(text); length > 0) {
      json.append(text.substr(0, length));
      taken = length;
    } else {
      json.append(replacement);
    }
    text.remove_prefix(taken);
  }
  json.push_back('"');
}

std::string json_string(std::string_view text) {
  std::string json;
  json.reserve(text.size() + 2);
  append_json_string(json, text);
  return json;
}

std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  return text;
}

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), begins_character));
}

std::string_view cut_to_characters(std::string_view utf8, std::size_t characters_max) {
  if (utf8.size() <= characters_max) return utf8;
  std::size_t characters = 0;
  for (std::size_t place = 0; place < utf8.size(); ++place) {
    if (begins_character(utf8[place]) && ++characters > characters_max)
      return utf8.substr(0, place);
  }
  return utf8;
}

}  // namespace gatehouse
