#include "store/values/printable.hpp"

namespace gatehouse {

std::string printable(std::string_view text, std::size_t characters_max) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string line;
  for (const char character : text.substr(0, characters_max)) {
    const auto code = static_cast<unsigned char>(character);
    if (code >= 0x20 && code < 0x7F && character != '\\' && character != '"') {
      line.append(1, character);
    } else {
      line.append("\\x").append(1, hex[code >> 4U]).append(1, hex[code & 0xFU]);
    }
  }
  if (text.size() > characters_max) line.append("...");
  return line;
}

}  // namespace gatehouse
