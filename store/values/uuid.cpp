#include "store/values/uuid.hpp"

#include <array>
#include <cstddef>

#include "store/values/text/ascii.hpp"

namespace gatehouse {
namespace {

constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

/// A table, for every scan and cart brings some of these characters to be read.
constexpr auto hexadecimal_digits = [] {
  std::array<bool, 256> are{};
  for (std::size_t byte = 0; byte < are.size(); ++byte) {
    const char lowered = lower_case(static_cast<char>(byte));
    are[byte] = is_digit(lowered) || (lowered >= 'a' && lowered <= 'f');
  }
  return are;
}();

}  // namespace

bool begins_with_uuid(std::string_view text) {
  if (text.size() < shape.size()) return false;
  for (std::size_t place = 0; place < shape.size(); ++place) {
    const bool fits = shape[place] == '-'
                          ? text[place] == '-'
                          : hexadecimal_digits[static_cast<unsigned char>(text[place])];
    if (!fits) return false;
  }
  return true;
}

bool is_uuid(std::string_view text) {
  return text.size() == shape.size() && begins_with_uuid(text);
}

}  // namespace gatehouse
