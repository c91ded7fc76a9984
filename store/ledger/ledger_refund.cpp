#include <fmt/format.h>

#include "store/ledger/delivery_key.hpp"
#include "store/ledger/ledger_state.hpp"

namespace gatehouse::store {
namespace {

constexpr std::string_view was_made = "the refund was made";
constexpr std::string_view was_not_made = "the refund was not made";
constexpr std::string_view sent_no_more =
    "the refund is sent no more, and counts as made until it is said once more that it was not";

}  // namespace

Result<RefundOutcome> Ledger::refund(const NewRefund& refund) {
  if (refund.amount.minor <= 0) {
    return failure(Remedy::reject,
                   fmt::format("a refund of {} {}; expected more than nothing",
                               format_amount(refund.amount), refund.amount.currency));
  }
  return state_->atomically("recording a refund", [&] { return state_->insert_refund(refund); });
}

Result<RefundOutcome> Ledger::State::insert_refund(const NewRefund& refund) {
  auto known = known_refund(refund);
  if (!known) return propagate(std::move(known));
  if (*known) return **known;

  auto trip = find_charge(refund.trip_id);
  if (!trip) return propagate(std::move(trip));
  if (!*trip) return RefundOutcome::unknown;
  // From details_due on the money is taken, whatever the details will be.
  const auto state = (*trip)->state;
  if (state != SettlementState::captured && state != SettlementState::details_due) {
    return RefundOutcome::not_captured;
  }
  auto exceeds = exceeds_captured(**trip, refund.amount, 0);
  if (!exceeds) return propagate(std::move(exceeds));
  if (*exceeds) return RefundOutcome::too_much;

  const std::string key = delivery_key(refund.request_id, DeliveryKind::refund);
  const auto recorded = has_delivery((*trip)->sequence, key);
  if (!recorded) return propagate(recorded);
  if (*recorded) return failure(Remedy::repair, "the index of refunds lacks one that is recorded");
  Result<> done =
      add_delivery((*trip)->sequence, DeliveryKind::refund, key, refund.payload, refund.at);
  if (done) {
    done = insert_refund_.run((*trip)->sequence, std::string_view(refund.request_id),
                              refund.amount.minor, std::string_view(refund.amount.currency),
                              refund.reason, database_.last_insert_id());
  }
  if (!done) return propagate(std::move(done));
  return RefundOutcome::recorded;
}

Result<std::optional<RefundOutcome>> Ledger::State::known_refund(const NewRefund& refund) {
  const auto outcome = [&refund](const sqlite::Rows& row) {
    const bool same = row.text(0) == refund.trip_id && row.integer(1) == refund.amount.minor &&
                      row.text(2) == refund.amount.currency &&
                      row.enumeration<RefundReason>(3) == refund.reason;
    if (!same) return RefundOutcome::different;
    const bool ended = row.enumeration<DeliveryState>(4) == DeliveryState::withdrawn;
    return ended ? RefundOutcome::ended : RefundOutcome::identical;
  };
  return find_refund_.first(outcome, std::string_view(refund.request_id));
}

Result<bool> Ledger::State::exceeds_captured(const Charge& trip, const Money& more,
                                             std::int64_t without_delivery) {
  auto refunded = refunded_minor_.first(sqlite::read_number, trip.sequence, without_delivery);
  if (!refunded) return propagate(std::move(refunded));
  const auto& captured = trip.part ? trip.part : trip.amount;
  if (!captured) return true;
  return more.currency != captured->currency ||
         more.minor > captured->minor - refunded->value_or(0);
}

Result<bool> Ledger::State::may_retry_refund(std::int64_t delivery_id) {
  auto refund = find_refund_and_charge(delivery_id);
  if (!refund) return propagate(std::move(refund));
  if (!*refund || (*refund)->state != DeliveryState::set_aside) return true;
  auto exceeds = exceeds_captured((*refund)->trip, (*refund)->amount, delivery_id);
  if (!exceeds) return propagate(std::move(exceeds));
  return !*exceeds;
}

Result<std::optional<Ledger::State::FoundRefund>> Ledger::State::find_refund_and_charge(
    std::int64_t delivery_id) {
  const auto read = [](const sqlite::Rows& row) {
    return FoundRefund{.trip = {.sequence = row.integer(0),
                                .state = row.enumeration<SettlementState>(1),
                                .amount = Money{row.integer(2), row.string(3)}},
                       .amount = Money{row.integer(4), row.string(5)},
                       .state = row.enumeration<DeliveryState>(6),
                       .unclear = row.integer(7) != 0};
  };
  return refund_and_charge_.first(read, delivery_id);
}

Result<> Ledger::doubt_refunds_under_way() {
  return state_->doubt_pending_refunds_.run();
}

Result<RefundDecided> Ledger::decide_refund(const RefundDecision& decision) {
  return state_->atomically("deciding about a refund",
                            [&] { return state_->decide_refund(decision); });
}

Result<RefundDecided> Ledger::State::decide_refund(const RefundDecision& decision) {
  const auto refund = find_refund_and_charge(decision.delivery_id);
  if (!refund) return propagate(refund);
  if (!*refund) return RefundDecided::unknown;
  if ((*refund)->state == DeliveryState::delivered) {
    return decision.made ? RefundDecided::made : RefundDecided::ended_as_made;
  }
  return decision.made ? take_as_made(**refund, decision) : take_as_not_made(**refund, decision);
}

Result<RefundDecided> Ledger::State::take_as_made(const FoundRefund& refund,
                                                  const RefundDecision& decision) {
  const auto exceeds = exceeds_captured(refund.trip, refund.amount, decision.delivery_id);
  if (!exceeds) return propagate(exceeds);
  Result<> done = end_refund(refund, decision, DeliveryState::delivered, was_made);
  if (done) {
    done = add_refund_record({.delivery_id = decision.delivery_id,
                              .at = decision.at,
                              .next_attempt_at = decision.at,
                              .reason = "",
                              .charge = std::nullopt,
                              .refund_record = decision.record});
  }
  if (!done) return propagate(std::move(done));
  return *exceeds ? RefundDecided::made_beyond : RefundDecided::made;
}

// What is pending may be under way, and what left may have its effect for a while. Only what is
// withdrawn waits: nothing sends it again, so no time that has passed can begin anew.
Result<RefundDecided> Ledger::State::take_as_not_made(const FoundRefund& refund,
                                                      const RefundDecision& decision) {
  const bool withdrawn = refund.state == DeliveryState::withdrawn;
  const bool counts = refund.state == DeliveryState::pending || refund.unclear;
  if (withdrawn && !counts) return RefundDecided::not_made;
  if (!withdrawn && counts) {
    Result<> done = end_refund(refund, decision, DeliveryState::withdrawn, sent_no_more);
    if (done) done = doubt_refund_.run(decision.delivery_id);
    if (!done) return propagate(std::move(done));
    refund_waits_.begin(decision.delivery_id, decision.steady_at);
    return RefundDecided::withdrawn;
  }
  if (withdrawn && !refund_waits_.is_over(decision.delivery_id, decision.steady_at)) {
    return RefundDecided::too_early;
  }
  Result<> done = end_refund(refund, decision, DeliveryState::withdrawn, was_not_made);
  if (done) done = clear_refund_.run(decision.delivery_id);
  if (!done) return propagate(std::move(done));
  return RefundDecided::not_made;
}

Result<> Ledger::State::end_refund(const FoundRefund& refund, const RefundDecision& decision,
                                   DeliveryState state, std::string_view what) {
  const auto reason = fmt::format("decided by {}: {}", decision.by, what);
  Result<> done =
      end_refund_.run(decision.delivery_id, state, decision.at, std::string_view(reason));
  if (done) done = renew_order_.run(refund.trip.sequence);
  if (done) {
    const auto line = fmt::format("record {}, {}", decision.delivery_id, reason);
    done = note_in_history_.run(refund.trip.sequence, decision.at, std::string_view(line));
  }
  return done;
}

Result<> Ledger::State::add_refund_record(const DeliveryAttempt& attempt) {
  const auto read = [](const sqlite::Rows& row) {
    return std::pair(row.integer(0), row.string(1));
  };
  auto refund = refund_of_delivery_.first(read, attempt.delivery_id);
  if (!refund) return propagate(std::move(refund));
  if (!*refund) {
    return failure(Remedy::reject,
                   fmt::format("delivery {} is no refund, and has no record", attempt.delivery_id));
  }
  const std::string key = delivery_key((*refund)->second, DeliveryKind::refund_record);
  return add_delivery((*refund)->first, DeliveryKind::refund_record, key, attempt.refund_record,
                      attempt.at);
}

}  // namespace gatehouse::store
