#pragma once

#include <optional>
#include <string_view>

#include "store/ledger/records/decision.hpp"

namespace gatehouse::sync {

/// The word of a person that the answer to a record may carry:
/// {"decision":"not_captured","by":"Ann","revision":2}. nullopt: none, or null (also where the
/// answer is no JSON object). `by` is '' where there is none. `revision` names the record that was
/// decided upon, 0 where there is none or it is no whole number above 0. A charge may confirm a
/// price: confirmed_in(). Where decision, by or that is of another type, or is not one of ours, the
/// word is unreadable: that is put on record, nothing is
/// done, and the record that was answered counts as delivered. Pure.
[[nodiscard]] std::optional<store::NewDecision> decision_in(std::string_view answer);

}  // namespace gatehouse::sync
