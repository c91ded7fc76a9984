#include "store/ledger/ledger_identity.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/values/sha256.hpp"
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

std::optional<std::int64_t> era_named(std::string_view named, const LedgerMark& mark) {
  const std::size_t dot = std::min(named.rfind('.'), named.size());
  const auto era = whole_number<std::int64_t>(named.substr(std::min(dot + 1, named.size())));
  return mark.id.empty() || named.substr(0, dot) != mark.id ? std::nullopt : era;
}

Grant grant_of_era(std::int64_t era, bool left, const LedgerMark& mark) {
  if (era == mark.era) return Grant::vouched;
  return left ? Grant::earlier : Grant::another;
}

std::int64_t next_era(std::int64_t last, WallTime at, const LedgerFile& file) {
  const std::string digest =
      sha256(fmt::format("{} {} {} {}", to_unix_ms(at), file.number, file.born_ns, file.machine));
  std::int64_t leap = 0;
  for (const char byte : std::string_view(digest).substr(0, sizeof(std::int64_t) - 1)) {
    leap = leap << 8 | static_cast<unsigned char>(byte);
  }
  return last + 1 + leap % era_leap_max;
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
  const auto reached =
      ledger.mark.era == last.era ? std::optional(ledger.mark.sequence) : ledger.left_at;
  return !reached || *reached < last.sequence ? std::optional(GapKind::behind) : std::nullopt;
}

}  // namespace

std::optional<GapKind> find_gap(const WitnessView& witness, const LedgerView& ledger) {
  const auto told = told_by_witness(witness, ledger);
  return ledger.copied && !(told && withholds(*told)) ? GapKind::copied : told;
}

}  // namespace gatehouse::store
