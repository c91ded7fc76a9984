#include "daemon/local/warnings/history_warnings.hpp"

#include <fmt/format.h>

#include "store/values/rfc3339.hpp"

namespace gatehouse::local {
namespace {

std::string what_happened(const store::LedgerGap& gap) {
  switch (gap.kind) {
    case store::GapKind::missing:
      return "the ledger was missing or empty, and a new one was created";
    case store::GapKind::other:
      return "this is not the ledger that was here before";
    case store::GapKind::copied:
      return "the ledger was copied or restored together with ledger.witness, so it may lack "
             "history, "
             "or another box may use the original";
    default:
      return fmt::format("the ledger lacks history: it is at {}, but {} was expected", gap.sequence,
                         gap.expected.sequence);
  }
}

/// Another history than ours has sent something under this key, perhaps.
void assess_key_conflicts(const Facts& facts, std::vector<Warning>& out) {
  const auto since = facts.ledger.key_conflict_since;
  if (!since || facts.now - *since < key_conflict_long) return;
  out.push_back(
      {"key_conflict", Severity::critical,
       fmt::format(
           "the cloud (of a refund: Amazon) says of {} records that another request has their "
           "Idempotency-Key (409 for more than 10 minutes, or 422). Another box, or a ledger that "
           "was put back, may have sent other bytes under it: compare the record with what the "
           "cloud has (`gatehouse records list`), and make the cloud accept it or answer with its "
           "purchaseId. Of a refund, see in the payment processor's reports whether it was made, "
           "and say so with `gatehouse records decide`",
           facts.ledger.key_conflicts)});
}

// A trip of a week ago is charged nowhere any more, and is not worth an alarm for ever.
void assess_grants(const store::LedgerCounts& ledger, std::vector<Warning>& out) {
  if (ledger.not_granted == 0) return;
  out.push_back(
      {"price_for_another_ledger",
       ledger.not_granted_recently > 0 ? Severity::warning : Severity::notice,
       fmt::format("the cloud's price of {} trips does not let this ledger charge them, {} of them "
                   "in the last days: another box charges them, or charged them before the ledger "
                   "or the box was replaced, or may while a gap of this ledger is not accepted. "
                   "The last is trip {}: {}",
                   ledger.not_granted, ledger.not_granted_recently, ledger.last_not_granted_trip,
                   ledger.last_not_granted_reason)});
}

}  // namespace

void assess_history(const Facts& facts, std::vector<Warning>& out) {
  assess_grants(facts.ledger, out);
  assess_key_conflicts(facts, out);
  if (const std::string& trouble = facts.process.witness_trouble; !trouble.empty()) {
    out.push_back(
        {"ledger_witness_failing", Severity::warning,
         "ledger.witness cannot be written, so a replaced or truncated ledger would not be "
         "detected; carts are still accepted: " +
             trouble});
  }
  if (!facts.ledger.gap && facts.ledger.withheld.count > 0) {
    out.push_back(
        {"ledger_history_lost", Severity::critical,
         fmt::format(
             "{} charges are withheld: their trips began before this ledger was created, or before "
             "a gap in its history, so another ledger may have charged them. They are made if the "
             "cloud's price names this ledger. "
             "Check the payment processor's reports, then run `gatehouse ledger accept`",
             facts.ledger.withheld.count)});
  }
  if (!facts.ledger.gap) return;
  const store::LedgerGap& gap = *facts.ledger.gap;
  if (!store::withholds(gap.kind)) {
    out.push_back({"ledger_witness_lost", Severity::warning,
                   fmt::format("ledger.witness was missing or damaged at {} and was recreated, so "
                               "nothing proves that the ledger is complete. If nobody replaced the "
                               "ledger, run `gatehouse ledger accept`",
                               rfc3339(gap.found_at))});
    return;
  }
  out.push_back(
      {"ledger_history_lost", Severity::critical,
       fmt::format(
           "{} (found {}). Carts are accepted and delivered; {} charges that may have been made "
           "before are withheld. Put the right ledger back, or check in the payment "
           "processor's reports which trips were charged and run `gatehouse trip hold ID` for "
           "those; then `gatehouse ledger accept --dry-run`, and `gatehouse ledger accept`. "
           "Refunds that waited were set aside, and stay so: see there whether they were made, "
           "then `gatehouse records decide`, or `gatehouse records retry` for each",
           what_happened(gap), rfc3339(gap.found_at), facts.ledger.withheld.count)});
}

}  // namespace gatehouse::local
