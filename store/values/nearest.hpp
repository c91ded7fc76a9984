#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse {

/// How many letters have to be changed, added, dropped or swapped with their neighbour (optimal
/// string alignment). Costs the product of the lengths: the caller bounds them.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that `word` was most likely meant to be: the one with the fewest changed, added,
/// dropped or swapped letters, at most a third of the word. nullopt: none is near.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 std::span<const std::string> candidates);

}  // namespace gatehouse
