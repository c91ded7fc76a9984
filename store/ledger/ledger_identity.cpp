#include "store/ledger/ledger_identity.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/values/whole_number.hpp"

namespace gatehouse::store {

std::string_view to_text(GapKind kind) {
  switch (kind) {
    case GapKind::missing:
      return "missing";
    case GapKind::other:
      return "other";
    case GapKind::behind:
      return "behind";
    case GapKind::copied:
      return "copied";
    case GapKind::witness_lost:
      break;
  }
  return "witness_lost";
}

bool is_same(const LedgerFile& one, const LedgerFile& other) {
  return one.number == other.number && one.born_ns == other.born_ns && one.machine == other.machine;
}

bool is_copy(const LedgerFile& was, const LedgerFile& is, const WitnessView& witness) {
  if (was.born_ns != 0 && is.born_ns != 0) return was.born_ns != is.born_ns;
  if (was.number == is.number) return false;
  const bool moved = !was.machine.empty() && !is.machine.empty() && was.machine != is.machine;
  const bool attested = witness.state == WitnessView::State::read && is.changed_at &&
                        *is.changed_at <= witness.written_at + file_closed_max;
  return moved || !attested;
}

std::string ledger_name(const LedgerMark& mark) {
  return mark.id.empty() ? "" : fmt::format("{}.{}", mark.id, mark.era);
}

Grant grant_of(std::string_view named, const LedgerMark& mark) {
  if (named.empty()) return Grant::unsaid;
  const std::size_t dot = std::min(named.rfind('.'), named.size());
  const auto era = whole_number<std::int64_t>(named.substr(std::min(dot + 1, named.size())));
  if (mark.id.empty() || named.substr(0, dot) != mark.id || !era || *era < 1 || *era > mark.era) {
    return Grant::another;
  }
  return *era == mark.era ? Grant::vouched : Grant::earlier;
}

namespace {

std::optional<GapKind> told_by_witness(const WitnessView& witness, const LedgerView& ledger) {
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

}  // namespace

std::optional<GapKind> find_gap(const WitnessView& witness, const LedgerView& ledger) {
  const auto told = told_by_witness(witness, ledger);
  return ledger.copied && !(told && withholds(*told)) ? GapKind::copied : told;
}

}  // namespace gatehouse::store
