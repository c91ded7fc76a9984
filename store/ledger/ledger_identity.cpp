#include "store/ledger/ledger_identity.hpp"

namespace gatehouse::store {

std::string_view to_text(GapKind kind) {
  switch (kind) {
    case GapKind::missing:
      return "missing";
    case GapKind::other:
      return "other";
    case GapKind::behind:
      return "behind";
    case GapKind::witness_lost:
      break;
  }
  return "witness_lost";
}

std::optional<GapKind> find_gap(const WitnessView& witness, const LedgerView& ledger) {
  using enum WitnessView::State;
  if (witness.state == none) {
    return ledger.witnessed ? std::optional(GapKind::witness_lost) : std::nullopt;
  }
  if (ledger.fresh) return GapKind::missing;
  if (witness.state == unreadable) return GapKind::witness_lost;
  const LedgerMark& last = witness.mark;
  // It is on record, and the witness of the ledger with the gap was not written yet.
  if (ledger.known_gap == last) return std::nullopt;
  if (ledger.mark.id != last.id) return GapKind::other;
  const bool behind = ledger.mark.era == last.era ? ledger.mark.sequence < last.sequence
                                                  : ledger.mark.era < last.era;
  return behind ? std::optional(GapKind::behind) : std::nullopt;
}

}  // namespace gatehouse::store
