#pragma once

#include <cstdint>

namespace gatehouse::store {

/// The numbers by which the enumerators of an enumeration are on disk: all of them, from the first
/// to the last. `numbers_of(Enumeration)` beside the enumeration gives it; any other number that is
/// found there is damage.
struct NumberRange {
  std::int64_t first = 0;
  std::int64_t last = 0;

  [[nodiscard]] constexpr bool holds(std::int64_t number) const {
    return number >= first && number <= last;
  }
};

}  // namespace gatehouse::store
