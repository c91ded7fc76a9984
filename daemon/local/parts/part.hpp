#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "store/values/time.hpp"

namespace gatehouse::local {

/// What the box is made of, as far as it can fail alone. Names are public: never renamed.
enum class Part {
  gate,
  cache,   ///< whom the gate knows
  ledger,  ///< what carts are recorded in
  disk,
  clock,
  feed,    ///< keeps the cache in step
  cloud,   ///< the lane of carts and records
  amazon,  ///< the lanes of charges, refunds and reports
  credentials,
  local_api,
  installation,  ///< what was installed and configured
};
inline constexpr std::size_t part_count = static_cast<std::size_t>(Part::installation) + 1;
[[nodiscard]] std::string_view to_text(Part part);
/// The part at this place, from 0 to part_count - 1.
[[nodiscard]] constexpr Part part_at(std::size_t place) {
  return static_cast<Part>(place);
}

enum class Condition {
  well,
  degraded,  ///< works, but not as it should, or nobody knows
  failed,    ///< its function is not there, and that is a critical matter
};
[[nodiscard]] std::string_view to_text(Condition condition);

struct PartState {
  Part part = Part::gate;
  Condition condition = Condition::well;
  /// Of the gravest reason: the code of a warning, or not_known; '' while it is well.
  std::string code{};
  std::string text{};               ///< what is the matter, and what to do; the same
  std::optional<WallTime> since{};  ///< of the condition, see PartWatch; nullopt: nobody watched
};
/// By the value of Part.
using Parts = std::array<PartState, part_count>;
[[nodiscard]] inline const PartState& state_of(const Parts& parts, Part part) {
  return parts.at(static_cast<std::size_t>(part));
}

/// The code of a part that has not said anything yet, or cannot be asked.
inline constexpr std::string_view not_known = "not_known";

}  // namespace gatehouse::local
