#include "tests/store/disk/ledger_work.hpp"

#include <fmt/format.h>

#include <iterator>
#include <optional>
#include <utility>

#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

Result<std::string> told(const Result<>& done) {
  if (!done) return propagate(done);
  return "done";
}

/// The step that follows in a life in which all goes well; nullopt: none.
std::optional<SettlementChange> next_step(const Settlement& charge, WallTime now) {
  SettlementChange change;
  change.trip_sequence = charge.trip_sequence;
  change.from = charge.state;
  change.at = change.next_attempt_at = now;
  switch (charge.state) {
    case SettlementState::adjust_due:
      change.to = SettlementState::adjust_sent;
      return change;
    case SettlementState::adjust_sent:
      change.to = SettlementState::capture_due;
      change.approved = charge.amount;
      return change;
    case SettlementState::capture_due:
      change.to = SettlementState::capture_sent;
      change.reconciliation_before = "";
      return change;
    case SettlementState::capture_sent:
      change.to = SettlementState::details_due;
      return change;
    case SettlementState::details_due:
      change.to = SettlementState::captured;
      change.payment_record = R"({"a":1})";
      return change;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::vector<Work> WorkDrawer::draw(std::size_t count, WallTime now) {
  std::vector<Work> drawn;
  for (std::size_t i = 0; i < count; ++i) drawn.push_back(draw_one(now));
  return drawn;
}

Work WorkDrawer::draw_one(WallTime now) {
  if (trips_.size() < 2) return new_cart(now);
  switch (below(10)) {
    case 0:
    case 1:
    case 2:
      return new_cart(now);
    case 3:
      return cart_again(now);
    case 4:
    case 5:
      return attempt(now);
    case 6:
      return below(2) == 0 ? refund(now) : refused(now);
    default:
      return step(now);
  }
}

const NewCart& WorkDrawer::any_trip() {
  return std::next(trips_.begin(), static_cast<std::ptrdiff_t>(below(trips_.size())))->second;
}

std::string WorkDrawer::text(std::size_t size_max) {
  std::string text(1 + below(size_max), ' ');
  for (char& byte : text) byte = static_cast<char>('a' + below(26));
  return text;
}

Work WorkDrawer::new_cart(WallTime now) {
  const std::string trip = fmt::format("trip-{}", trips_.size());
  NewCart cart = make_cart(trip, fmt::format(R"({{"a":"{}"}})", text(below(8) == 0 ? 9'000 : 600)));
  cart.started_at = cart.received_at = now;
  cart.store_id = below(2) == 0 ? "" : "store-7";
  if (below(4) == 0) cart.first_settlement.reset();
  trips_.emplace(trip, cart);
  return {trip + ": cart", [cart](Ledger& ledger) -> Result<std::string> {
            auto receipt = ledger.append(cart);
            if (!receipt) return propagate(std::move(receipt));
            return std::string(to_text(receipt->outcome));
          }};
}

Work WorkDrawer::cart_again(WallTime now) {
  NewCart cart = any_trip();
  cart.received_at = now;
  if (below(2) == 0) cart.body += text(20);
  return {cart.trip_id + ": cart again", [cart](Ledger& ledger) -> Result<std::string> {
            auto receipt = ledger.append(cart);
            if (!receipt) return propagate(std::move(receipt));
            return std::string(to_text(receipt->outcome));
          }};
}

Work WorkDrawer::attempt(WallTime now) {
  const auto due = require(known_.due_deliveries(Lane::cloud, now, std::chrono::hours(9),
                                                 LedgerReader::Order::oldest_first, 20));
  if (due.empty()) return new_cart(now);
  DeliveryAttempt attempt;
  attempt.delivery_id = due[below(due.size())].id;
  attempt.at = attempt.next_attempt_at = now;
  attempt.state = DeliveryState::delivered;
  if (below(4) == 0) {
    attempt.state = below(3) == 0 ? DeliveryState::set_aside : DeliveryState::pending;
    attempt.reason = "503";
  } else if (below(4) != 0) {
    attempt.charge = Money{static_cast<std::int64_t>(1 + below(90'000)), "USD"};
  }
  return {fmt::format("delivery {}: {}", attempt.delivery_id, to_text(attempt.state)),
          [attempt](Ledger& ledger) { return told(ledger.record_attempt(attempt)); }};
}

Work WorkDrawer::step(WallTime now) {
  for (int tries = 0; tries < 5; ++tries) {
    const auto trip = require(known_.trip(any_trip().trip_id));
    if (!trip || !trip->settlement) continue;
    const auto change = next_step(*trip->settlement, now);
    if (!change) continue;
    return {fmt::format("{}: {}", trip->trip_id, to_text(change->to)),
            [change = *change](Ledger& ledger) { return told(ledger.move_settlement(change)); },
            change->to == SettlementState::capture_sent};
  }
  return new_cart(now);
}

Work WorkDrawer::refund(WallTime now) {
  NewRefund refund;
  refund.trip_id = any_trip().trip_id;
  refund.request_id = fmt::format("refund-{}", ++refunds_);
  refund.amount = Money{100, "USD"};
  refund.payload = R"({"refund":1})";
  refund.at = now;
  return {refund.trip_id + ": refund", [refund](Ledger& ledger) -> Result<std::string> {
            auto outcome = ledger.refund(refund);
            if (!outcome) return propagate(std::move(outcome));
            return fmt::format("refund {}", static_cast<int>(*outcome));
          }};
}

Work WorkDrawer::refused(WallTime now) {
  NewRefusedCart cart;
  cart.trip_id = "?";
  cart.reason = "no trip";
  cart.caller = "10.0.0.1";
  cart.body = text(300);
  cart.received_at = now;
  return {"a cart that was refused", [cart](Ledger& ledger) -> Result<std::string> {
            auto outcome = ledger.keep_refused(cart);
            if (!outcome) return propagate(std::move(outcome));
            return fmt::format("refused cart {}", static_cast<int>(*outcome));
          }};
}

}  // namespace gatehouse::store
