#pragma once

#include <string_view>

namespace gatehouse::local {

/// How the reason of a charge begins that a person held.
inline constexpr std::string_view held_by_operator = "held by an operator";
/// The reason of one that went on with many others.
inline constexpr std::string_view released_with_all =
    "released by an operator, with all that were held";

}  // namespace gatehouse::local
