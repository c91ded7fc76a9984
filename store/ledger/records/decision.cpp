#include "store/ledger/records/decision.hpp"

namespace gatehouse::store {

// No default: a new enumerator without its text is a warning, and so an error.

std::string_view to_text(DecisionWord word) {
  switch (word) {
    case DecisionWord::unreadable:
      return "unreadable";
    case DecisionWord::captured:
      return "captured";
    case DecisionWord::not_captured:
      return "not_captured";
    case DecisionWord::written_off:
      return "written_off";
    case DecisionWord::charge:
      return "charge";
  }
  return "unknown";
}

std::string_view to_text(DecisionState state) {
  switch (state) {
    case DecisionState::pending:
      return "pending";
    case DecisionState::carried_out:
      return "carried_out";
    case DecisionState::refused:
      return "refused";
  }
  return "unknown";
}

std::optional<DecisionWord> decision_word_from(std::string_view text) {
  for (const auto word : {DecisionWord::captured, DecisionWord::not_captured,
                          DecisionWord::written_off, DecisionWord::charge}) {
    if (text == to_text(word)) return word;
  }
  return std::nullopt;
}

}  // namespace gatehouse::store
