#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::configuration {

/// The candidate that `word` was most likely meant to be: the one with the fewest changed, added,
/// dropped or swapped letters, at most a third of the word. nullopt: none is near.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 std::span<const std::string> candidates);

}  // namespace gatehouse::configuration
