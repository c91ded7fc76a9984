#include "sync/desk/decider.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::sync {
namespace {

constexpr milliseconds kept_out_for = std::chrono::minutes{15};

}  // namespace

Decider::Decider(Owed owed, store::LedgerReader& reader, LedgerPort& port, const Clock& clock)
    : owed_(std::move(owed)), reader_(reader), clock_(clock), recorder_(port, clock) {}

SteadyTime Decider::turn() {
  const SteadyTime recording = recorder_.turn();
  const auto now = clock_.steady();
  if (stopping_) return recording;
  if (now < not_before_) return std::min(recording, not_before_);
  not_before_ = now + pause;
  const auto waiting = reader_.questions().pending_decisions(after_, page);
  if (!waiting) return std::min(recording, not_before_);
  after_ = waiting->size() == page ? waiting->back().trip_sequence : 0;
  for (const store::Decision& decision : *waiting) {
    const auto trip = decision.trip_sequence;
    if (!busy_.contains(trip) && !quarantine_.holds(trip, now)) carry_out(decision);
  }
  return waiting->empty() ? recording : std::min(recording, not_before_);
}

void Decider::carry_out(const store::Decision& decision) {
  using Kind = DecisionStep::Kind;
  const auto charge = reader_.settlement(decision.trip_sequence);
  if (!charge) return keep_out(decision.trip_sequence, charge.error());
  auto step = *charge ? step_of(**charge, decision)
                      : DecisionStep{.reason = "this trip is not settled by this box"};
  if (step.kind == Kind::later) return;
  const auto now = clock_.wall();
  store::DecisionOutcome outcome{decision, std::nullopt, "", now};
  outcome.decision.state = store::DecisionState::carried_out;
  const auto said =
      decision_reason(decision.word, decision.by, " at the cloud", decision.confirms.has_value());
  if (step.kind == Kind::move) {
    outcome.change = operator_change(owed_, **charge, step.step, said, now);
  }
  if (step.kind == Kind::refused) {
    outcome.decision.state = store::DecisionState::refused;
    outcome.history = said + "; refused: " + step.reason;
    outcome.decision.reason = std::move(step.reason);
  }
  write(std::move(outcome));
}

void Decider::write(store::DecisionOutcome outcome) {
  const auto trip = outcome.decision.trip_sequence;
  busy_.insert(trip);
  recorder_.commit([outcome = std::move(outcome)](
                       store::Ledger& ledger) { return ledger.settle_decision(outcome); },
                   [this, trip](const Result<>& result) {
                     busy_.erase(trip);
                     // A rejected one has seen its charge move on: it is decided anew by what is
                     // there now.
                     if (!result && result.error().remedy != Remedy::reject)
                       keep_out(trip, result.error());
                   });
}

void Decider::keep_out(std::int64_t trip, const Error& error) {
  (void)quarantine_.add(trip, clock_.steady() + kept_out_for, error.message);
}

}  // namespace gatehouse::sync
