// Who may charge a trip, as the cloud's answer to its cart says it.
#include <fmt/format.h>

#include "store/ledger/ledger_state.hpp"

namespace gatehouse::store {
namespace {

constexpr std::string_view charged_elsewhere = "the cloud says that it was charged elsewhere";
constexpr std::string_view charged_elsewhere_too =
    "the cloud says that it was charged elsewhere, and here a call is under way, or may have "
    "charged it: nothing more is charged before a person says so. Check in the payment processor's "
    "reports";

bool is_charged(SettlementState state) {
  return state == SettlementState::details_due || state == SettlementState::captured ||
         state == SettlementState::checked_out;
}

std::string why_not_granted(std::string_view named, Grant granted, const LedgerMark& mark) {
  constexpr std::string_view advice =
      "it is not charged here. If nobody else charges it: `gatehouse trip charge ID AMOUNT CODE`";
  if (named.empty()) {
    return fmt::format("its price names no ledger, and cloud.grant is \"required\": {}", advice);
  }
  if (granted == Grant::earlier) {
    return fmt::format(
        "its price names this ledger before the gap in its history (this is {}), and it began "
        "after "
        "that, by this box's clock: this may be a copy whose original runs, or the clock was wrong "
        "and the lost history has charged it. Check in the payment processor's reports: {}",
        ledger_name(mark), advice);
  }
  if (era_named(named, mark)) {
    return fmt::format(
        "its price names this ledger in an era that it was never in (this is {}): a copy of it has "
        "the cart, or a history that is lost had it. Check in the payment processor's reports: {}",
        ledger_name(mark), advice);
  }
  return fmt::format("its price names another ledger (this is {}): {}", ledger_name(mark), advice);
}

}  // namespace

Result<> Ledger::vouch(std::string_view trip_id, SettlementState seen, std::string_view why,
                       WallTime at) {
  return state_->atomically("vouching for a charge", [&]() -> Result<> {
    const auto trip = state_->find_charge(trip_id);
    if (!trip || !*trip) return trip ? Result<>{} : propagate(trip);
    return state_->vouch_for((*trip)->sequence, std::nullopt, why, at, seen);
  });
}

/// Where this may be a copy, the one that is named may still charge: so "nobody else has" lets
/// nothing go. What the history before the gap cannot have had by this clock is that one's. (Once
/// the clock is confirmed, and puts the gap after it, it is withheld: Ledger::confirm_opening.)
Result<> Ledger::State::take_answer(std::int64_t trip_sequence, const DeliveryAttempt& attempt) {
  const ChargeGrant& grant = attempt.grant;
  if (grant.settled_elsewhere == true) return end_trip_elsewhere(trip_sequence, attempt);
  const auto granted = grant_of(grant.ledger);
  if (!granted) return propagate(granted);
  const auto copy = may_be_copy(grant.ledger, *granted);
  if (!copy) return propagate(copy);
  Result<> done;
  if (grant.settled_elsewhere == false && !*copy) {
    done = vouch_for(trip_sequence, std::nullopt, "the cloud says that no other box charged it",
                     attempt.at);
  }
  if (!done || !attempt.charge) return done;
  const auto came_later = *copy ? was_never_withheld(trip_sequence) : Result<bool>(false);
  if (!came_later) return propagate(came_later);
  const bool named = *granted != Grant::another && !(*granted == Grant::unsaid && grant.required);
  if (!named || *came_later) return keep_price_of_another(trip_sequence, attempt, *granted);
  done = take_charge(trip_sequence, attempt);
  if (done && *granted == Grant::vouched) {
    done = vouch_for(trip_sequence, attempt.charge, "its price names this ledger", attempt.at);
  }
  return done;
}

Result<Grant> Ledger::State::grant_of(std::string_view named) {
  if (named.empty()) return Grant::unsaid;
  const auto era = era_named(named, mark_);
  if (!era) return Grant::another;
  // Most prices: for these no other page has to be whole.
  if (*era == mark_.era) return Grant::vouched;
  const auto left = commits_of_era_.first(sqlite::read_number, *era);
  if (!left) return propagate(left);
  return grant_of_era(*era, left->has_value(), mark_);
}

/// Its history before a gap that nobody has accepted is lost, or it lives: then this is a copy. The
/// original may have begun an era of its own since.
Result<bool> Ledger::State::may_be_copy(std::string_view named, Grant granted) {
  if (granted == Grant::vouched || !era_named(named, mark_)) return false;
  const auto open = has_open_gap_.first(sqlite::read_number);
  if (!open) return propagate(open);
  return open->has_value();
}

Result<bool> Ledger::State::was_never_withheld(std::int64_t trip_sequence) {
  const auto never = was_never_withheld_.first(sqlite::read_number, trip_sequence);
  if (!never) return propagate(never);
  return never->value_or(0) != 0;
}

Result<> Ledger::State::vouch_for(std::int64_t trip_sequence, const std::optional<Money>& price,
                                  std::string_view why, WallTime at,
                                  std::optional<SettlementState> only_in) {
  const auto read = [](const sqlite::Rows& row) {
    return std::pair(row.integer(0), row.enumeration<SettlementState>(1));
  };
  const auto minor = price ? std::optional(price->minor) : std::nullopt;
  const std::string_view currency = price ? std::string_view(price->currency) : "";
  // What looks have let go, nobody has vouched for.
  if (!only_in) {
    if (Result<> noted = note_vouched_.run(trip_sequence, minor, currency); !noted) return noted;
  }
  auto vouched = vouch_.first(read, trip_sequence, minor, currency, only_in);
  if (!vouched) return propagate(std::move(vouched));
  if (!*vouched) return {};
  const std::string text = fmt::format("withheld no more: {}", why);
  return insert_history_.run((*vouched)->first, at, (*vouched)->second, std::string_view(text));
}

Result<> Ledger::State::keep_price_of_another(std::int64_t trip_sequence,
                                              const DeliveryAttempt& attempt, Grant granted) {
  auto trip = charge_of(trip_sequence);
  if (!trip) return propagate(std::move(trip));
  if (!*trip) return {};
  const std::string reason = why_not_granted(attempt.grant.ledger, granted, mark_);
  const Money& price = *attempt.charge;
  Result<> done = refuse_grant_.run(trip_sequence, price.minor, std::string_view(price.currency),
                                    std::string_view(attempt.grant.ledger),
                                    std::string_view(reason), attempt.at);
  if (!done || database_.changes() == 0) return done;
  done = insert_history_.run(trip_sequence, attempt.at, SettlementState::not_granted,
                             std::string_view(reason));
  if (done && !attempt.checkout_cart.empty()) {
    done = keep_checkout_cart(trip_sequence, attempt.checkout_cart);
  }
  if (done) done = note_question_.run(trip_sequence, attempt.at);
  return done;
}

Result<> Ledger::State::end_trip_elsewhere(std::int64_t trip_sequence,
                                           const DeliveryAttempt& attempt) {
  auto trip = charge_of(trip_sequence);
  if (!trip) return propagate(std::move(trip));
  if (!*trip || !(*trip)->state) return {};
  Result<> done = note_elsewhere_.run(trip_sequence, std::string_view(attempt.grant.record));
  if (!done) return done;
  const bool first = database_.changes() > 0 || is_charged(*(*trip)->state);
  auto ended = end_if_elsewhere(trip_sequence, attempt.at);
  if (!ended) return propagate(std::move(ended));
  if (*ended || !first) return {};
  done = note_in_history_.run(trip_sequence, attempt.at, charged_elsewhere_too);
  if (done) done = note_question_.run(trip_sequence, attempt.at);
  return done;
}

Result<bool> Ledger::State::end_if_elsewhere(std::int64_t trip_sequence, WallTime at) {
  const auto text = [](const sqlite::Rows& row) { return row.string(0); };
  const auto record = end_elsewhere_.first(text, trip_sequence, charged_elsewhere, at);
  if (!record) return propagate(record);
  if (!*record) return false;
  Result<> done =
      insert_history_.run(trip_sequence, at, SettlementState::settled_elsewhere, charged_elsewhere);
  if (done) done = note_question_.run(trip_sequence, at);
  if (!done) return propagate(std::move(done));
  const auto trip_id = find_settlement_.first(text, trip_sequence);
  if (!trip_id) return propagate(trip_id);
  done = add_payment_record(trip_sequence, trip_id->value_or(""), **record, at);
  if (!done) return propagate(std::move(done));
  return true;
}

}  // namespace gatehouse::store
