#pragma once

#include <string>
#include <string_view>

namespace gatehouse {

/// Two small hexadecimal digits a byte.
[[nodiscard]] std::string hexadecimal(std::string_view bytes);

}  // namespace gatehouse
