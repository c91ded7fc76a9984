#include "daemon/local/warnings/settlement_warnings.hpp"

#include <fmt/format.h>

#include "store/values/age.hpp"

namespace gatehouse::local {
namespace {

using Warnings = std::vector<Warning>;

std::string open_charges_text(const store::LedgerCounts& ledger) {
  return fmt::format("{} open, {} without a price", ledger.settlement_open, ledger.awaiting_price);
}

void assess_charge_window(const Facts& facts, WallTime oldest_trip, Warnings& out) {
  const milliseconds window = facts.process.charge_window;
  const milliseconds left = window - age(facts, oldest_trip);
  constexpr std::string_view advice =
      "Check the internet connection, the price from the cloud, and the AWS credentials";
  if (!facts.process.sync.clock.is_plausible && left < charge_window_alarm) {
    out.push_back({"charge_overdue", Severity::warning,
                   fmt::format("by this machine's clock the oldest trip may be overdue ({}), but "
                               "nothing vouches for that clock: end no charge for it. {}",
                               open_charges_text(facts.ledger), advice)});
  } else if (left.count() < 0) {
    out.push_back(
        {"charge_overdue", Severity::critical,
         fmt::format("the oldest trip began {} ago and is not charged yet, which is later "
                     "than jwo.charge_window ({}). It is still charged if Amazon accepts "
                     "it; if there is nothing to charge, `gatehouse trip cancel ID` ends "
                     "it. {}",
                     age_text(age(facts, oldest_trip)), open_charges_text(facts.ledger), advice)});
  } else if (left < charge_window_alarm) {
    const bool last_call = left < charge_window_last_call;
    out.push_back({last_call ? "charge_deadline_last_hour" : "charge_deadline_near",
                   Severity::critical,
                   fmt::format("{} is left to charge the oldest trip ({}): after that its "
                               "pre-authorisation has usually expired. {}",
                               age_text(left), open_charges_text(facts.ledger), advice)});
  } else if (left < window / 2) {
    out.push_back({"charge_deadline_half", Severity::warning,
                   fmt::format("half of the time to charge the oldest trip has passed, {} is left "
                               "({}). {}",
                               age_text(left), open_charges_text(facts.ledger), advice)});
  } else if (facts.ledger.awaiting_price > 0 && age(facts, oldest_trip) > price_late) {
    out.push_back(
        {"price_late", Severity::warning,
         fmt::format("{} trips have no price yet, and the oldest open trip began {} ago: check "
                     "that the cloud answers a cart with its charge, or set it with `gatehouse "
                     "trip charge ID AMOUNT CODE`",
                     facts.ledger.awaiting_price, age_text(age(facts, oldest_trip)))});
  }
}

/// At once, and not once its trip is late: whatever is wrong with one price is wrong with the next.
void assess_prices(const store::LedgerCounts& ledger, Warnings& out) {
  if (ledger.prices_unusable == 0) return;
  out.push_back(
      {"price_unusable", Severity::warning,
       fmt::format("the cloud answered {} carts without a price that can be used, and their trips "
                   "wait for one. The last is trip {}: {}. Correct the cloud's answers; `gatehouse "
                   "trip charge ID AMOUNT CODE` prices a trip",
                   ledger.prices_unusable, ledger.last_price_unusable_trip,
                   ledger.last_price_unusable_reason)});
}

void assess_expired(const store::LedgerCounts& ledger, Warnings& out) {
  if (ledger.expired == 0) return;
  const bool recently = ledger.expired_recently > 0;
  out.push_back(
      {"settlements_expired", recently ? Severity::critical : Severity::notice,
       fmt::format("{} trips were not charged in time according to Amazon, {} of them in the last "
                   "days: these trips were not paid. `gatehouse trip show ID` shows why, "
                   "`gatehouse trip release ID` tries again; the cloud has a payment record with "
                   "status EXPIRED for each",
                   ledger.expired, ledger.expired_recently)});
}

void assess_unclear(const Facts& facts, Warnings& out) {
  const store::LedgerCounts& ledger = facts.ledger;
  if (ledger.captures_unclear == 0) return;
  const WallTime oldest = ledger.oldest_unclear_trip_at.value_or(facts.now);
  out.push_back(
      {"captures_unclear", Severity::warning,
       fmt::format(
           "the outcome of {} captures is not known (the oldest trip began {} ago). Gatehouse "
           "keeps asking Amazon for the transactional data. Check in the payment processor's "
           "reports whether the shoppers were charged; then run `gatehouse trip hold ID` unless it "
           "is held, and `gatehouse trip release ID --captured` or `--not-captured`",
           ledger.captures_unclear, age_text(age(facts, oldest)))});
}

/// Of the sign by which a capture in doubt is known to have been made. A person acknowledges that
/// it is none with jwo.reconciliation_means_captured = false.
void assess_evidence(const Facts& facts, Warnings& out) {
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

/// Due, and the service answers: what keeps it is here, and no error says so.
bool is_late(const Facts& facts, const sync::DestinationStatus& service,
             std::optional<WallTime> due_at) {
  return service.configured && service.open && due_at && age(facts, *due_at) > pending_long;
}

std::string late_text(std::string_view what, milliseconds late) {
  return fmt::format(
      "the oldest {} that is due has not been sent for {}, although Amazon's service answers. "
      "After "
      "an outage others are sent before it, and this ends by itself; otherwise see the log: "
      "journalctl -u gatehouse",
      what, age_text(late));
}

void assess_due(const Facts& facts, Warnings& out) {
  const sync::SyncStatus& sync = facts.process.sync;
  const store::LedgerCounts& ledger = facts.ledger;
  if (is_late(facts, sync.payments, ledger.charge_due_at)) {
    out.push_back({"charges_late", Severity::warning,
                   late_text("charge", age(facts, *ledger.charge_due_at))});
  }
  if (is_late(facts, sync.refunds, ledger.refund_due_at)) {
    out.push_back({"refunds_late", Severity::warning,
                   late_text("refund", age(facts, *ledger.refund_due_at))});
  }
  if (is_late(facts, sync.reports, ledger.report_due_at)) {
    out.push_back({"reports_late", Severity::warning,
                   late_text("payment status report", age(facts, *ledger.report_due_at))});
  }
}

void assess_services(const Facts& facts, Warnings& out) {
  if (!facts.process.settles || !facts.process.has_credentials) return;
  const sync::DestinationStatus& payments = facts.process.sync.payments;
  if (payments.configured && !payments.open) {
    out.push_back({"payments_unreachable", Severity::warning,
                   error_or("Amazon's payment service cannot be reached", payments) +
                       fmt::format("; {} charges are open", facts.ledger.settlement_open)});
  }
  const sync::DestinationStatus& refunds = facts.process.sync.refunds;
  if (refunds.configured && !refunds.open) {
    out.push_back(
        {"refunds_unreachable", Severity::warning,
         "refunds wait: " + error_or("Amazon's payment service cannot be reached", refunds)});
  }
}

}  // namespace

void assess_settlement(const Facts& facts, std::vector<Warning>& out) {
  if (facts.ledger.held > 0) {
    out.push_back(
        {"settlements_held", Severity::critical,
         fmt::format(
             "{} charges wait for an operator: see the reason with `gatehouse trip show ID`, then "
             "run `gatehouse trip release ID` (or `--all`) or `cancel ID`",
             facts.ledger.held)});
  }
  assess_unclear(facts, out);
  assess_evidence(facts, out);
  assess_prices(facts.ledger, out);
  assess_expired(facts.ledger, out);
  if (facts.ledger.oldest_uncharged_trip_at) {
    assess_charge_window(facts, *facts.ledger.oldest_uncharged_trip_at, out);
  }
  if (facts.process.has_credentials) assess_due(facts, out);
  assess_services(facts, out);
}

}  // namespace gatehouse::local
