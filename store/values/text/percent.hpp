#pragma once

#include <string>
#include <string_view>

#include "store/values/text/ascii.hpp"

namespace gatehouse {

/// RFC 3986 `unreserved`: the same however it is encoded.
[[nodiscard]] constexpr bool is_unreserved(char c) {
  return is_letter_or_digit(c) || std::string_view{"-_.~"}.contains(c);
}

/// RFC 3986: all but `unreserved` as %XX in capital letters, so that a path, a query and a form
/// read it alike, and Amazon verifies a signature over it.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace gatehouse
