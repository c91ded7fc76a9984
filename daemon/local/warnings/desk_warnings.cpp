#include "daemon/local/warnings/desk_warnings.hpp"

#include <fmt/format.h>

#include "store/ledger/records/refund.hpp"

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

void assess_withdrawn_refunds(const store::LedgerCounts& ledger, std::vector<Warning>& out) {
  if (ledger.refunds_withdrawn == 0) return;
  out.push_back(
      {"refunds_withdrawn", Severity::warning,
       fmt::format("{} refunds were withdrawn because a person said that they were not made. They "
                   "are sent no more, and still count as refunded. The last is record {} of trip "
                   "{}: after {} minutes say it again with `gatehouse records decide {} "
                   "not_refunded --by NAME`, which frees its amount for another refund",
                   ledger.refunds_withdrawn, ledger.last_withdrawn_refund,
                   ledger.last_withdrawn_refund_trip, store::refund_effect_max.count(),
                   ledger.last_withdrawn_refund)});
}

}  // namespace

void assess_desk(const Facts& facts, std::vector<Warning>& out) {
  assess_decisions(facts.ledger, out);
  assess_withdrawn_refunds(facts.ledger, out);
  const sync::DestinationStatus& reports = facts.process.sync.reports;
  if (!reports.configured || reports.open) return;
  out.push_back({"reports_unreachable", Severity::warning,
                 "payment status reports wait, and shoppers' debts with them: " +
                     error_or("the host of jwo.feedback_url cannot be reached", reports)});
}

}  // namespace gatehouse::local
