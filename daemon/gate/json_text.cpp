#include "daemon/gate/json_text.hpp"

#include <algorithm>

namespace gatehouse::gate {
namespace {

bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

void append_escaped(std::string& json, unsigned char character) {
  constexpr std::string_view hex = "0123456789abcdef";
  if (character == '"' || character == '\\') {
    json.append(1, '\\').append(1, static_cast<char>(character));
  } else {
    json.append("\\u00").append(1, hex[character >> 4U]).append(1, hex[character & 0xFU]);
  }
}

}  // namespace

void append_json_string(std::string& json, std::string_view utf8) {
  json.append(1, '"');
  for (const char character : utf8) {
    const auto code = static_cast<unsigned char>(character);
    if (code < 0x20 || character == '"' || character == '\\') {
      append_escaped(json, code);
    } else {
      json.append(1, character);
    }
  }
  json.append(1, '"');
}

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), begins_character));
}

std::string_view cut_to_characters(std::string_view utf8, std::size_t characters_max) {
  std::size_t characters = 0;
  for (std::size_t place = 0; place < utf8.size(); ++place) {
    if (begins_character(utf8[place]) && ++characters > characters_max)
      return utf8.substr(0, place);
  }
  return utf8;
}

}  // namespace gatehouse::gate
