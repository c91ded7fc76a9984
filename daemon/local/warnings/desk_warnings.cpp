#include "daemon/local/warnings/desk_warnings.hpp"

#include <fmt/format.h>

namespace gatehouse::local {
namespace {

void assess_decisions(const store::LedgerCounts& ledger, std::vector<Warning>& out) {
  if (ledger.decisions_refused == 0) return;
  out.push_back({"decisions_refused", Severity::warning,
                 fmt::format("{} decisions of the payments desk of the last days were not carried "
                             "out. The last is of trip {}: {}. The desk is told with the next "
                             "record of the trip",
                             ledger.decisions_refused, ledger.last_decision_refused_trip,
                             ledger.last_decision_refused_reason)});
}

}  // namespace

void assess_desk(const Facts& facts, std::vector<Warning>& out) {
  assess_decisions(facts.ledger, out);
  const sync::DestinationStatus& reports = facts.process.sync.reports;
  if (!reports.configured || reports.open) return;
  out.push_back({"reports_unreachable", Severity::warning,
                 "payment status reports wait, and shoppers' debts with them: " +
                     (reports.last_error.empty() ? "the host of jwo.feedback_url cannot be reached"
                                                 : reports.last_error)});
}

}  // namespace gatehouse::local
