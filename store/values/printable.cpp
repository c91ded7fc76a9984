#include "store/values/printable.hpp"

#include "store/values/text/ascii.hpp"
#include "store/values/text/hexadecimal.hpp"

namespace gatehouse {

std::string printable(std::string_view text, std::size_t characters_max) {
  std::string line;
  for (const char character : text.substr(0, characters_max)) {
    if (is_printable(character) && character != '\\' && character != '"') {
      line.append(1, character);
    } else {
      line.append("\\x").append(hexadecimal({&character, 1}));
    }
  }
  if (text.size() > characters_max) line.append("...");
  return line;
}

}  // namespace gatehouse
