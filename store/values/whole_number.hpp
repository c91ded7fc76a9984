#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gatehouse {

/// A text that is one decimal whole number and nothing else: "4096", and "-17" where the type has a
/// sign. nullopt: anything else (a plus, a blank, a fraction), or beyond the type's range.
template <std::integral Number = std::int64_t>
[[nodiscard]] std::optional<Number> whole_number(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace gatehouse
