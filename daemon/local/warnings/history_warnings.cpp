#include "daemon/local/warnings/history_warnings.hpp"

#include <fmt/format.h>

#include "store/values/rfc3339.hpp"

namespace gatehouse::local {
namespace {

std::string what_happened(const store::LedgerGap& gap) {
  switch (gap.kind) {
    case store::GapKind::missing:
      return "the ledger was gone or empty, and a new one was begun";
    case store::GapKind::other:
      return "this is not the ledger that was here last";
    default:
      return fmt::format("the ledger lacks what it had: it stands at {} where {} was expected",
                         gap.sequence, gap.expected.sequence);
  }
}

}  // namespace

void assess_history(const Facts& facts, std::vector<Warning>& out) {
  if (const std::string& trouble = facts.process.witness_trouble; !trouble.empty()) {
    out.push_back({"ledger_witness_failing", Severity::warning,
                   "the ledger's witness cannot be written, so a ledger that is exchanged or cut "
                   "would not be noticed; carts are taken all the same: " +
                       trouble});
  }
  if (!facts.ledger.gap && facts.ledger.withheld.count > 0) {
    out.push_back(
        {"ledger_history_lost", Severity::critical,
         fmt::format("{} carts came since the gap in the ledger's history was accepted, of trips "
                     "from before it: their charges may have been made already and are withheld. "
                     "Ask the processor's reports, then `gatehouse ledger accept`",
                     facts.ledger.withheld.count)});
  }
  if (!facts.ledger.gap) return;
  const store::LedgerGap& gap = *facts.ledger.gap;
  if (!store::withholds(gap.kind)) {
    out.push_back({"ledger_witness_lost", Severity::warning,
                   fmt::format("ledger.witness was missing or damaged at {} and was made anew, so "
                               "nothing says whether the ledger is whole. Where nobody exchanged "
                               "it, `gatehouse ledger accept` ends this",
                               rfc3339(gap.found_at))});
    return;
  }
  out.push_back(
      {"ledger_history_lost", Severity::critical,
       fmt::format("{} (found {}). Carts are taken and delivered; {} charges that may have been "
                   "made already are withheld. Put the right ledger back, or find out from "
                   "the processor's reports what was charged and `gatehouse trip hold` that; then "
                   "`gatehouse ledger accept --dry-run`, and `gatehouse ledger accept`",
                   what_happened(gap), rfc3339(gap.found_at), facts.ledger.withheld.count)});
}

}  // namespace gatehouse::local
