#include <fmt/format.h>

#include "store/ledger/delivery_key.hpp"
#include "store/ledger/ledger_state.hpp"

namespace gatehouse::store {

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
  const auto same = [&refund](const sqlite::Rows& row) {
    return row.text(0) == refund.trip_id && row.integer(1) == refund.amount.minor &&
           row.text(2) == refund.amount.currency &&
           row.enumeration<RefundReason>(3) == refund.reason;
  };
  auto known = find_refund_.first(same, std::string_view(refund.request_id));
  if (!known) return propagate(std::move(known));
  if (!*known) return std::nullopt;
  return **known ? RefundOutcome::identical : RefundOutcome::different;
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
  struct SetAside {
    Charge trip;
    Money amount;
  };
  const auto read = [](const sqlite::Rows& row) {
    return SetAside{{.sequence = row.integer(0),
                     .state = row.enumeration<SettlementState>(1),
                     .amount = Money{row.integer(2), row.string(3)}},
                    Money{row.integer(4), row.string(5)}};
  };
  auto refund = set_aside_refund_.first(read, delivery_id);
  if (!refund) return propagate(std::move(refund));
  if (!*refund) return true;
  auto exceeds = exceeds_captured((*refund)->trip, (*refund)->amount, delivery_id);
  if (!exceeds) return propagate(std::move(exceeds));
  return !*exceeds;
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
