// Who may charge a trip, as the cloud's answer to its cart says it.
#include <fmt/format.h>

#include "store/ledger/ledger_state.hpp"

namespace gatehouse::store {
namespace {

std::string why_not_granted(std::string_view named, const LedgerMark& mark) {
  constexpr std::string_view advice =
      "it is not charged here. If nobody else charges it: `gatehouse trip charge ID AMOUNT CODE`";
  if (named.empty()) {
    return fmt::format("its price names no ledger, and cloud.grant is \"required\": {}", advice);
  }
  return fmt::format("its price names another ledger (this is {}): {}", ledger_name(mark), advice);
}

}  // namespace

Result<> Ledger::vouch(std::string_view trip_id, std::string_view why, WallTime at) {
  return state_->atomically("vouching for a charge",
                            [&] { return state_->vouch_for(trip_id, std::nullopt, why, at); });
}

Result<> Ledger::State::take_answer(std::string_view trip_id, const DeliveryAttempt& attempt) {
  const ChargeGrant& grant = attempt.grant;
  if (grant.settled_elsewhere == true) return end_trip_elsewhere(trip_id, attempt);
  Result<> done;
  if (grant.settled_elsewhere == false) {
    done =
        vouch_for(trip_id, std::nullopt, "the cloud says that no other box charged it", attempt.at);
  }
  if (!done || !attempt.charge) return done;
  const Grant granted = grant_of(grant.ledger, mark_);
  if (granted == Grant::another || (granted == Grant::unsaid && grant.required)) {
    return keep_price_of_another(trip_id, attempt);
  }
  done = take_charge(trip_id, attempt);
  if (done && granted == Grant::vouched) {
    done = vouch_for(trip_id, attempt.charge, "its price names this ledger", attempt.at);
  }
  return done;
}

Result<> Ledger::State::vouch_for(std::string_view trip_id, const std::optional<Money>& price,
                                  std::string_view why, WallTime at) {
  const auto read = [](const sqlite::Rows& row) {
    return std::pair(row.integer(0), row.enumeration<SettlementState>(1));
  };
  const auto minor = price ? std::optional(price->minor) : std::nullopt;
  const std::string_view currency = price ? std::string_view(price->currency) : "";
  auto vouched = vouch_.first(read, trip_id, minor, currency);
  if (!vouched) return propagate(std::move(vouched));
  if (!*vouched) return {};
  const std::string text = fmt::format("withheld no more: {}", why);
  return insert_history_.run((*vouched)->first, at, (*vouched)->second, std::string_view(text));
}

Result<> Ledger::State::keep_price_of_another(std::string_view trip_id,
                                              const DeliveryAttempt& attempt) {
  auto trip = find_charge(trip_id);
  if (!trip) return propagate(std::move(trip));
  if (!*trip) return {};
  const std::string reason = why_not_granted(attempt.grant.ledger, mark_);
  const Money& price = *attempt.charge;
  Result<> done = refuse_grant_.run(
      (*trip)->sequence, price.minor, std::string_view(price.currency),
      std::string_view(attempt.grant.ledger), std::string_view(reason), attempt.at);
  if (!done || database_.changes() == 0) return done;
  return insert_history_.run((*trip)->sequence, attempt.at, SettlementState::not_granted,
                             std::string_view(reason));
}

Result<> Ledger::State::end_trip_elsewhere(std::string_view trip_id,
                                           const DeliveryAttempt& attempt) {
  constexpr std::string_view reason = "the cloud says that it was charged elsewhere";
  auto trip = find_charge(trip_id);
  if (!trip) return propagate(std::move(trip));
  if (!*trip) return {};
  SettlementChange change;
  change.trip_sequence = (*trip)->sequence;
  change.at = attempt.at;
  Result<> done = end_elsewhere_.run(change.trip_sequence, reason, attempt.at);
  if (!done || database_.changes() == 0) return done;
  done = insert_history_.run(change.trip_sequence, attempt.at, SettlementState::settled_elsewhere,
                             reason);
  if (!done) return done;
  done = note_question_.run(change.trip_sequence, attempt.at);
  if (!done) return done;
  return add_payment_record(change.trip_sequence, trip_id, attempt.grant.record, attempt.at);
}

}  // namespace gatehouse::store
