#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/records/number_range.hpp"
#include "store/values/money.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

// The numbers are on disk: never renumber, only add.

/// What a person at the retailer's payments desk says of a charge that waits for one.
enum class DecisionWord : int {
  unreadable = 0,  ///< an answer had a decision, and none of these
  captured = 1,
  not_captured = 2,
  written_off = 3,
  charge = 4,
};
[[nodiscard]] constexpr NumberRange numbers_of(DecisionWord) {
  return {0, 4};
}

enum class DecisionState : int {
  pending = 1,  ///< on disk, and not yet carried out
  carried_out = 2,
  refused = 3,  ///< with the reason; nothing was done
};
[[nodiscard]] constexpr NumberRange numbers_of(DecisionState) {
  return {1, 3};
}

/// A person's word as an answer of the cloud brought it.
struct NewDecision {
  DecisionWord word = DecisionWord::unreadable;
  std::string by{};           ///< '' : the answer did not say
  std::int64_t revision = 0;  ///< the revision of the record that the answer named, 0: none
  /// Of charge: exactly this price passes the limits of the configuration.
  std::optional<Money> confirms{};
};

/// The last word that came for a trip.
struct Decision {
  std::int64_t trip_sequence = 0;
  DecisionWord word = DecisionWord::unreadable;
  std::string by;
  WallTime came_at;
  DecisionState state = DecisionState::pending;
  std::string reason;  ///< why it was refused
  /// So many captures of the trip (Settlement::captures_sent) had left by the record that it was
  /// decided on. -1: it was decided on no record of what is in question now, or names none and may
  /// be about something earlier.
  int captures_known = 0;
  std::optional<Money> confirms{};  ///< as in NewDecision
  std::int64_t revision = 0;        ///< as in NewDecision
};

[[nodiscard]] std::string_view to_text(DecisionWord word);
[[nodiscard]] std::string_view to_text(DecisionState state);
/// "captured", "not_captured", "written_off" or "charge".
[[nodiscard]] std::optional<DecisionWord> decision_word_from(std::string_view text);

}  // namespace gatehouse::store
