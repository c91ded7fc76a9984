#pragma once

#include <expected>
#include <optional>
#include <string>

#include "store/ledger/records/settlement.hpp"

namespace gatehouse::sync {

/// What a person can do to the charge of a trip (`gatehouse trip hold|release|cancel`).
enum class OperatorAction {
  hold,                  ///< make no further call
  release,               ///< go on where it was held, or reopen what is expired
  release_captured,      ///< the same, and the capture in doubt did happen
  release_not_captured,  ///< the same, and the capture in doubt did not happen
  cancel,                ///< charge nothing and release the pre-authorisation
  release_confirmed,   ///< release, and let exactly this price pass the limits of the configuration
  capture_authorised,  ///< capture the part of the price that Amazon approved; the rest is owed
  write_off,           ///< end the charge without another call, whatever became of it
};

/// Where an act takes a charge.
struct OperatorStep {
  store::SettlementState to = store::SettlementState::held;
  bool clears_up = false;            ///< whether there was a charge is no question any more
  std::optional<Money> confirmed{};  ///< the price that passes from now on
  std::optional<Money> part{};       ///< what is captured instead of the price
  bool operator==(const OperatorStep&) const = default;
};

/// Whether a call that may change something is under way: then nothing is decided.
[[nodiscard]] bool is_calling(store::SettlementState state);

/// Settlement::adjusts_not_counted after a person's act: one that lets a held or expired charge be
/// adjusted again gives it the whole limit anew, and nobody else does. nullopt: as before.
[[nodiscard]] std::optional<int> adjusts_anew(const store::Settlement& settlement,
                                              store::SettlementState to);

/// Every pair of state and act has an answer: a step, or why not and what to do instead. Pure; the
/// change is made by store::Ledger::move_settlement, which refuses it when the state has moved on.
///
/// While a call is under way nothing is done. A charge that may have happened is never cancelled
/// and never repeated until a person says whether it happened. Saying that a checkout did charge
/// reaches a final state, which owes the cloud its payment record. (A checkout is repeated: the
/// trip is its idempotency key.) Saying of a withheld charge that nobody made it lets it go on
/// where it waits, or stood before. What ended unpaid, cancelled, declined, expired or written off,
/// takes late news: that it was charged after all; then it is captured, which owes the next
/// revision of the record. What is not_granted is charged here by the word that nobody did it, and
/// ends as settled elsewhere where a person says that it was captured; where it is withheld as
/// well, it is charged here only by the word that nobody captured it, and was captured by this box.
/// Writing off leaves open whether a charge in doubt was made.
[[nodiscard]] std::expected<OperatorStep, std::string> decide(const store::Settlement& settlement,
                                                              OperatorAction act);

}  // namespace gatehouse::sync
