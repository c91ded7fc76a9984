#include "daemon/local/warnings/evidence_warnings.hpp"

#include <fmt/format.h>

namespace gatehouse::local {

void assess_evidence(const Facts& facts, std::vector<Warning>& out) {
  if (facts.ledger.evidence_unsound == 0) return;
  const bool counts = facts.process.reconciliation_means_captured;
  out.push_back(
      {"evidence_unsound", counts ? Severity::critical : Severity::notice,
       fmt::format("Amazon showed a reconciliationId for trip {} before this box had ever captured "
                   "it, so a reconciliationId proves no capture, and captures in doubt wait for a "
                   "person. {}",
                   facts.ledger.last_unsound_trip,
                   counts
                       ? "Check in the payment processor's reports whether that trip was charged "
                         "twice (does another box or a copied ledger charge?), ask Amazon what "
                         "the field means, and set jwo.reconciliation_means_captured = false; or, "
                         "where it is explained, `gatehouse ledger evidence-sound --by NAME`"
                       : "jwo.reconciliation_means_captured = false says so too")});
}

}  // namespace gatehouse::local
