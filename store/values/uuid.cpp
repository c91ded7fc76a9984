#include "store/values/uuid.hpp"

#include <cstddef>

namespace gatehouse {
namespace {

constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

bool is_hex_digit(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f') ||
         (character >= 'A' && character <= 'F');
}

}  // namespace

bool begins_with_uuid(std::string_view text) {
  if (text.size() < shape.size()) return false;
  for (std::size_t place = 0; place < shape.size(); ++place) {
    const bool fits = shape[place] == '-' ? text[place] == '-' : is_hex_digit(text[place]);
    if (!fits) return false;
  }
  return true;
}

bool is_uuid(std::string_view text) {
  return text.size() == shape.size() && begins_with_uuid(text);
}

}  // namespace gatehouse
