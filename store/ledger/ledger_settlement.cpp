#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "store/ledger/delivery_key.hpp"
#include "store/ledger/ledger_state.hpp"
#include "store/values/sha256.hpp"

namespace gatehouse::store {
namespace {

struct Recovery {
  SettlementState sent;
  SettlementState again;
};
constexpr std::array recoveries{
    Recovery{SettlementState::adjust_sent, SettlementState::adjust_due},
    Recovery{SettlementState::cancel_sent, SettlementState::cancel_due},
    Recovery{SettlementState::capture_sent, SettlementState::capture_unknown},
    Recovery{SettlementState::checkout_sent, SettlementState::checkout_due},
};
constexpr std::string_view zero_not_meant =
    "the price is 0, for a cart with items, and is not marked \"free\": true, so it was not taken. "
    "`gatehouse trip charge ID AMOUNT CODE` sets the right one, with --free also 0; then release "
    "it";
constexpr std::string_view opened_again =
    "withdrawn before it was delivered: the charge was opened again, and its next end is reported";
constexpr std::string_view outcome_unknown =
    "gatehoused stopped during the call: its outcome is unknown";

std::string_view origin(PricedBy by) {
  if (by == PricedBy::cloud) return ", which the cloud had set";
  return by == PricedBy::person ? ", which was set at this box as well" : "";
}

bool is_charge_intent(SettlementState state) {
  return state == SettlementState::capture_sent || state == SettlementState::checkout_sent;
}

/// What a change leaves behind, by which it is known again.
struct Settled {
  SettlementState state;
  WallTime changed_at;
  int attempts;
  WallTime next_attempt_at;
  std::string reason;

  bool operator==(const Settled&) const = default;
};

Result<> check_amount(const Money& amount) {
  if (!is_currency(amount.currency)) {
    return failure(Remedy::reject, "the price has no currency of three capital letters");
  }
  if (amount.minor < 0) {
    return failure(Remedy::reject, fmt::format("the price is {} {}; expected nothing below zero",
                                               format_amount(amount), amount.currency));
  }
  return {};
}

}  // namespace

Result<> Ledger::move_settlement(const SettlementChange& change) {
  return state_->atomically("moving a settlement", [&]() -> Result<> {
    auto changed = state_->change_settlement(change);
    if (!changed) return propagate(std::move(changed));
    return *changed ? state_->add_records(change) : Result<>{};
  });
}

Result<bool> Ledger::State::change_settlement(const SettlementChange& change) {
  const auto minor = [](const std::optional<Money>& money) {
    return money ? std::optional(money->minor) : std::nullopt;
  };
  const auto currency = [](const std::optional<Money>& money) {
    return money ? std::optional(std::string_view(money->currency)) : std::nullopt;
  };
  Result<> updated = update_settlement_.run(
      change.trip_sequence, change.from, change.to, change.attempts, change.next_attempt_at,
      std::string_view(change.reason), change.at, change.charge_cleared_up, change.charge_unclear,
      change.capture_not_done || change.cancel_not_done, change.clear_looks,
      change.reconciliation_before, change.evidence_unsound, change.adjusts_not_counted,
      minor(change.approved), currency(change.approved), minor(change.part),
      minor(change.confirmed), currency(change.confirmed), change.only_withheld);
  if (!updated) return propagate(std::move(updated));
  if (database_.changes() == 0) return is_on_disk(change);
  if (is_charge_intent(change.to)) charge_intended_ = true;
  updated = withdraw_reports(change);
  if (updated) updated = note_facts(change);
  if (!updated) return propagate(std::move(updated));
  // A person's word stands in the history, wherever it leaves the charge.
  if (change.from == change.to && !change.charge_cleared_up) return true;
  updated = insert_history_.run(change.trip_sequence, change.at, change.to,
                                std::string_view(change.reason));
  if (!updated) return propagate(std::move(updated));
  auto ended = end_if_elsewhere(change.trip_sequence, change.at);
  if (!ended) return propagate(std::move(ended));
  return true;
}

// It says that the charge is a debt, or nothing, and Amazon would believe that while it is made.
// What a person said was settled stays true.
Result<> Ledger::State::withdraw_reports(const SettlementChange& change) {
  if (!is_final(change.from) || change.from == change.to) return {};
  Result<> done = withdraw_reports_.run(change.trip_sequence, change.at, opened_again);
  // What a person said was settled may have waited for them.
  if (done && database_.changes() > 0) done = renew_order_.run(change.trip_sequence);
  return done;
}

/// False, as nothing was done; or a refusal.
Result<bool> Ledger::State::is_on_disk(const SettlementChange& change) {
  const auto read = [](const sqlite::Rows& row) {
    return Settled{row.enumeration<SettlementState>(1), row.time(2),
                   static_cast<int>(row.integer(3)), row.time(4), row.string(5)};
  };
  auto found = find_settlement_.first(read, change.trip_sequence);
  if (!found) return propagate(std::move(found));
  if (*found ==
      Settled{change.to, change.at, change.attempts, change.next_attempt_at, change.reason}) {
    return false;
  }
  if (*found && (*found)->state == change.from) {
    return failure(
        Remedy::reject,
        fmt::format("trip {}: its charge is withheld until the gap in the ledger's "
                    "history was accepted, its price came meanwhile, or what was sent for it "
                    "before forbids this call",
                    change.trip_sequence));
  }
  return failure(Remedy::reject, fmt::format("trip {} is {}, expected {}", change.trip_sequence,
                                             *found ? to_text((*found)->state) : "not settled here",
                                             to_text(change.from)));
}

Result<> Ledger::State::add_records(const SettlementChange& change) {
  if (!change.payment_record && !change.payment_status) return {};
  // Such a change could not be told from its own repetition.
  if (change.from == change.to) {
    return failure(Remedy::reject, "a payment record of a change that leaves the state as it is");
  }
  const auto text = [](const sqlite::Rows& row) { return row.string(0); };
  auto trip_id = find_settlement_.first(text, change.trip_sequence);
  if (!trip_id) return propagate(std::move(trip_id));
  Result<> added;
  if (change.payment_record) {
    added = add_payment_record(change.trip_sequence, trip_id->value_or(""), *change.payment_record,
                               change.at);
  }
  if (!added || !change.payment_status) return added;
  return add_payment_status(change.trip_sequence, trip_id->value_or(""), *change.payment_status,
                            change.at);
}

Result<PriceOutcome> Ledger::price(std::string_view trip_id, const Money& amount, WallTime at,
                                   std::string_view checkout_cart, bool free) {
  return state_->atomically("pricing a trip", [&]() -> Result<PriceOutcome> {
    const auto trip = state_->find_charge(trip_id);
    if (!trip) return propagate(trip);
    return state_->set_price(*trip, amount, at, checkout_cart, free, PricedBy::person);
  });
}

Ledger::State::Charge Ledger::State::read_charge(const sqlite::Rows& row) {
  Charge charge{row.integer(0), std::nullopt, std::nullopt};
  if (!row.is_null(1)) charge.state = row.enumeration<SettlementState>(1);
  if (!row.is_null(2)) charge.amount = Money{row.integer(2), row.string(3)};
  if (!row.is_null(4)) charge.part = Money{row.integer(4), row.string(3)};
  charge.empty_cart = row.text(5).empty();
  if (!row.is_null(6)) charge.priced_by = row.enumeration<PricedBy>(6);
  charge.is_named = row.integer(7) == 1;
  return charge;
}

Result<std::optional<Ledger::State::Charge>> Ledger::State::charge_of(std::int64_t trip_sequence) {
  return charge_of_trip_.first(read_charge, trip_sequence);
}

Result<std::optional<Ledger::State::Charge>> Ledger::State::find_charge(std::string_view trip_id) {
  auto found = find_charge_.first(read_charge, trip_id);
  if (found && *found && !(*found)->is_named) return failure(Remedy::repair, names_another_trip);
  return found;
}

Result<PriceOutcome> Ledger::State::set_price(const std::optional<Charge>& trip,
                                              const Money& amount, WallTime at,
                                              std::string_view checkout_cart, bool free,
                                              PricedBy by) {
  if (Result<> checked = check_amount(amount); !checked) {
    return propagate(std::move(checked));
  }
  if (!trip) return PriceOutcome::unknown;
  const auto state = trip->state;
  const bool meant = free || !checkout_cart.empty();
  if (trip->amount && state != SettlementState::not_granted) {
    const bool replaces = by == PricedBy::person && (amount.minor > 0 || meant);
    // The checkout cart that a held charge lacks may come with the price that it has.
    const bool brings_cart = replaces && !checkout_cart.empty() && state == SettlementState::held;
    if (*trip->amount == amount && !brings_cart) return PriceOutcome::identical;
    return replaces ? replace_price(*trip, amount, at, checkout_cart)
                    : Result<PriceOutcome>(PriceOutcome::different);
  }
  // Without a price and not waiting for one: an empty cart, which is being cancelled.
  if (state != SettlementState::awaiting_price && state != SettlementState::held &&
      state != SettlementState::expired && state != SettlementState::not_granted) {
    return PriceOutcome::not_priced;
  }
  if (amount.minor == 0 && !meant) return refuse_zero(*trip, at);
  Result<> written = write_price(*trip, amount, at, checkout_cart, by);
  if (!written) return propagate(std::move(written));
  return PriceOutcome::priced;
}

Result<PriceOutcome> Ledger::State::replace_price(const Charge& trip, const Money& amount,
                                                  WallTime at, std::string_view checkout_cart) {
  Result<> done =
      replace_amount_.run(trip.sequence, amount.minor, std::string_view(amount.currency));
  if (!done) return propagate(std::move(done));
  if (database_.changes() == 0) return PriceOutcome::different;
  if (!checkout_cart.empty()) done = keep_checkout_cart(trip.sequence, checkout_cart);
  const std::string text = fmt::format(
      "priced anew at this box: {} {} instead of {} {}{}", format_amount(amount), amount.currency,
      format_amount(*trip.amount), trip.amount->currency, origin(trip.priced_by));
  if (done) done = note_in_history_.run(trip.sequence, at, std::string_view(text));
  if (done) done = note_question_.run(trip.sequence, at);
  if (!done) return propagate(std::move(done));
  return PriceOutcome::replaced;
}

Result<PriceOutcome> Ledger::State::refuse_zero(const Charge& trip, WallTime at) {
  if (trip.empty_cart) return PriceOutcome::not_priced;
  if (trip.state != SettlementState::awaiting_price) return PriceOutcome::held;
  SettlementChange change;
  change.trip_sequence = trip.sequence;
  change.from = SettlementState::awaiting_price;
  change.to = SettlementState::held;
  change.at = at;
  change.next_attempt_at = at;
  change.reason = zero_not_meant;
  auto moved = change_settlement(change);
  if (!moved) return propagate(std::move(moved));
  return PriceOutcome::held;
}

Result<> Ledger::State::write_price(const Charge& trip, const Money& amount, WallTime at,
                                    std::string_view checkout_cart, PricedBy by) {
  Result<> written =
      write_amount_.run(trip.sequence, amount.minor, std::string_view(amount.currency), by);
  if (written && !checkout_cart.empty()) written = keep_checkout_cart(trip.sequence, checkout_cart);
  const bool not_granted = trip.state == SettlementState::not_granted;
  if (!written || (trip.state != SettlementState::awaiting_price && !not_granted)) return written;
  SettlementChange change;
  change.trip_sequence = trip.sequence;
  change.from = *trip.state;
  if (not_granted) change.reason = "priced here by hand: its price did not grant the charge";
  // It was shown as another's, and asked about: the answer is about a lost history as well.
  change.charge_cleared_up = not_granted && by == PricedBy::person;
  change.to = amount.minor == 0 ? SettlementState::cancel_due : SettlementState::adjust_due;
  if (!checkout_cart.empty()) change.to = SettlementState::checkout_due;
  change.at = at;
  change.next_attempt_at = at;
  auto moved = change_settlement(change);
  if (!moved) return propagate(std::move(moved));
  return {};
}

Result<> Ledger::State::keep_checkout_cart(std::int64_t trip_sequence, std::string_view cart) {
  const std::string digest = sha256(cart);
  return insert_checkout_cart_.run(trip_sequence, sqlite::Blob{cart}, sqlite::Blob{digest});
}

Result<> Ledger::State::take_charge(std::int64_t trip_sequence, const DeliveryAttempt& attempt) {
  const auto trip = charge_of(trip_sequence);
  if (!trip) return propagate(trip);
  auto outcome = set_price(*trip, *attempt.charge, attempt.at, attempt.checkout_cart, attempt.free,
                           PricedBy::cloud);
  if (outcome) return {};
  if (outcome.error().remedy != Remedy::reject) return propagate(std::move(outcome));
  return explain_price(trip_sequence, outcome.error().message, attempt.at);
}

Result<> Ledger::State::explain_price(std::int64_t trip_sequence, std::string_view reason,
                                      WallTime at) {
  Result<> explained = explain_settlement_.run(trip_sequence, reason);
  if (explained) explained = note_unpriceable_.run(trip_sequence, at);
  return explained;
}

Result<bool> Ledger::recover_settlement(std::int64_t trip_sequence, WallTime at) {
  return state_->atomically("recovering a settlement",
                            [&] { return state_->make_outcome_unknown(trip_sequence, at); });
}

Result<bool> Ledger::State::make_outcome_unknown(std::int64_t trip_sequence, WallTime at) {
  bool moved = false;
  for (const auto& [sent, again] : recoveries) {
    Result<> done = recover_state_.run(trip_sequence, sent, again, at, outcome_unknown);
    if (done && database_.changes() > 0) {
      moved = true;
      done = insert_history_.run(trip_sequence, at, again, outcome_unknown);
      if (done) done = note_question_.run(trip_sequence, at);
    }
    if (!done) return propagate(std::move(done));
  }
  auto ended = end_if_elsewhere(trip_sequence, at);
  if (!ended) return propagate(std::move(ended));
  return moved;
}

}  // namespace gatehouse::store
