#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse {

/// What came from outside, made fit for one log line: anything but printable ASCII is written as
/// \xNN, and what is longer than `characters_max` (before that) is cut and ends with "...".
[[nodiscard]] std::string printable(std::string_view text, std::size_t characters_max = 64);

}  // namespace gatehouse
