#include "store/ledger/ledger_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "store/ledger/checked_bytes.hpp"
#include "store/ledger/ledger_reader_state.hpp"
#include "store/sql/ledger_migrations.hpp"
#include "store/sqlite/migrations.hpp"

namespace gatehouse::store {
namespace {

Delivery read_delivery(const sqlite::Rows& row) {
  Delivery delivery;
  delivery.id = row.integer(0);
  delivery.trip_sequence = row.integer(1);
  delivery.trip_id = row.string(2);
  delivery.purchase_id = row.string(3);
  delivery.kind = row.enumeration<DeliveryKind>(4);
  delivery.state = row.enumeration<DeliveryState>(5);
  delivery.idempotency_key = row.string(6);
  delivery.created_at = row.time(7);
  delivery.attempts = static_cast<int>(row.integer(8));
  delivery.next_attempt_at = row.time(9);
  delivery.finished_at = row.optional_time(10);
  delivery.reason = row.string(11);
  delivery.unclear = row.integer(12) != 0;
  delivery.store_id = row.string(13);
  return delivery;
}

Result<Delivery> read_delivery_with_payload(const sqlite::Rows& row) {
  auto payload = checked_bytes(row, 14);
  if (!payload) return propagate(std::move(payload));
  Delivery delivery = read_delivery(row);
  delivery.payload = *std::move(payload);
  delivery.ledger = row.string(16);
  delivery.refused_reason = row.string(17);
  return delivery;
}

DueDelivery read_due(const sqlite::Rows& row) {
  return {row.integer(0), row.integer(1), static_cast<int>(row.integer(2)), row.time(3)};
}

Settlement read_settlement(const sqlite::Rows& row) {
  Settlement settlement;
  settlement.trip_sequence = row.integer(0);
  settlement.trip_id = row.string(1);
  settlement.purchase_id = row.string(2);
  settlement.state = row.enumeration<SettlementState>(3);
  if (!row.is_null(4)) settlement.amount = Money{row.integer(4), row.string(5)};
  settlement.started_at = row.time(6);
  settlement.attempts = static_cast<int>(row.integer(7));
  settlement.next_attempt_at = row.time(8);
  settlement.changed_at = row.time(9);
  settlement.reason = row.string(10);
  if (!row.is_null(11)) settlement.held_from = row.enumeration<SettlementState>(11);
  settlement.charge_unclear = row.integer(12) != 0;
  settlement.has_checkout_cart = row.integer(13) != 0;
  settlement.withheld = row.integer(14) != 0;
  settlement.captures_sent = static_cast<int>(row.integer(15));
  settlement.captures_not_done = static_cast<int>(row.integer(16));
  settlement.clear_looks = static_cast<int>(row.integer(17));
  if (!row.is_null(18)) settlement.reconciliation_before = row.string(18);
  settlement.store_id = row.string(19);
  settlement.adjusts_sent = static_cast<int>(row.integer(20));
  settlement.adjusts_not_counted = static_cast<int>(row.integer(21));
  if (!row.is_null(22)) settlement.approved = Money{row.integer(22), row.string(23)};
  if (!row.is_null(24)) settlement.part = Money{row.integer(24), row.string(5)};
  if (!row.is_null(25)) settlement.confirmed = Money{row.integer(25), row.string(26)};
  settlement.cancels_left = static_cast<int>(row.integer(27));
  settlement.full_cart_followed = row.integer(28) != 0;
  settlement.price_ledger = row.string(29);
  settlement.withheld_by_birth = row.integer(30) != 0;
  settlement.was_withheld = row.integer(31) != 0;
  return settlement;
}

RefusedCart read_refused_cart(const sqlite::Rows& row) {
  RefusedCart cart;
  cart.id = row.integer(0);
  cart.trip_id = row.string(1);
  cart.reason = row.string(2);
  cart.caller = row.string(3);
  cart.first_at = row.time(4);
  cart.last_at = row.time(5);
  cart.times = row.integer(6);
  cart.bytes = row.integer(7);
  if (!row.is_null(8)) cart.delivery_id = row.integer(8);
  if (!row.is_null(9)) cart.delivered = row.enumeration<DeliveryState>(9);
  return cart;
}

TripView read_trip(const sqlite::Rows& row) {
  TripView trip;
  trip.sequence = row.integer(0);
  trip.trip_id = row.string(1);
  trip.purchase_id = row.string(2);
  trip.entry = row.enumeration<Entry>(3);
  trip.started_at = row.time(4);
  trip.received_at = row.time(5);
  trip.cart_bytes = row.integer(6);
  trip.differing_carts = row.integer(7);
  trip.store_id = row.string(8);
  return trip;
}

Refund read_refund(const sqlite::Rows& row) {
  return {row.string(0), Money{row.integer(1), row.string(2)}, row.enumeration<RefundReason>(3),
          row.integer(4)};
}

HistoryEntry read_history(const sqlite::Rows& row) {
  return {row.time(0), row.enumeration<SettlementState>(1), row.string(2)};
}

/// Of a success that came later than a refusal.
constexpr std::int64_t successes_looked_at = 200;

/// So many damaged charges are passed over in one look: more is a ledger that needs a person.
constexpr std::size_t passed_over_max = 1'024;

std::int64_t clamped(std::size_t limit) {
  return static_cast<std::int64_t>(std::min<std::size_t>(limit, 1'000'000));
}

}  // namespace

Result<LedgerReader> LedgerReader::open(const std::filesystem::path& file) {
  auto database = sqlite::Database::open(file, sqlite::Access::read_only);
  if (!database) return propagate(std::move(database), "opening the ledger to read");
  Result<> current = sqlite::require_current(*database, sql::ledger_migrations);
  if (!current) {
    return propagate(std::move(current), fmt::format("opening {} to read", file.string()));
  }
  return LedgerReader(std::make_unique<State>(std::move(*database)));
}

LedgerReader::LedgerReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
LedgerReader::LedgerReader() noexcept = default;
LedgerReader::~LedgerReader() = default;
LedgerReader::LedgerReader(LedgerReader&&) noexcept = default;
LedgerReader& LedgerReader::operator=(LedgerReader&&) noexcept = default;

Result<std::vector<DueDelivery>> LedgerReader::due_deliveries(Lane lane, WallTime now,
                                                              milliseconds wait_max, Order order,
                                                              std::size_t limit) {
  const bool oldest_first = order == Order::oldest_first;
  const auto due = [&](std::size_t at_most) {
    auto& statement =
        oldest_first ? state_->oldest_due_deliveries_ : state_->newest_due_deliveries_;
    return state_->noted(statement.all(read_due, lane, now, clamped(at_most)));
  };
  const auto jumped = [&](std::size_t at_most) {
    return state_->noted(
        state_->jumped_deliveries_.all(read_due, lane, now + wait_max, clamped(at_most)));
  };
  // What a jump of the clock left behind counts as the oldest: the live end is not for it.
  auto found = oldest_first ? jumped(limit) : due(limit);
  if (!found || found->size() >= limit) return found;
  const std::size_t left = limit - found->size();
  auto more = oldest_first ? due(left) : jumped(left);
  if (!more) return more;
  std::ranges::copy(*more, std::back_inserter(*found));
  return found;
}

Result<Delivery> LedgerReader::delivery(const DueDelivery& due) {
  auto found =
      state_->pending_delivery_.first(read_delivery_with_payload, due.id, due.trip_sequence);
  if (!found) return state_->noted(Result<Delivery>(propagate(std::move(found))));
  if (!*found) {
    const auto state = [](const sqlite::Rows& row) { return row.enumeration<DeliveryState>(0); };
    auto now = state_->state_of_delivery_.first(state, due.id);
    if (now && *now && **now != DeliveryState::pending) {
      return failure(Remedy::reject, "it is pending no more");
    }
    return state_->noted(Result<Delivery>(failure(
        Remedy::repair, "an index of the ledger names a pending record that is not there")));
  }
  return state_->noted(**std::move(found));
}

Result<std::vector<RefusedDelivery>> LedgerReader::refused_since(WallTime since,
                                                                 std::size_t limit) {
  const auto read = [](const sqlite::Rows& row) {
    return RefusedDelivery{row.integer(0), row.string(1), row.enumeration<DeliveryKind>(2),
                           static_cast<int>(row.integer(3)), row.time(4)};
  };
  const auto success = [](const sqlite::Rows& row) {
    return std::pair(row.enumeration<DeliveryKind>(0), row.optional_time(1));
  };
  auto refused = state_->noted(state_->refused_since_.all(read, since, clamped(limit)));
  if (!refused || refused->empty()) return refused;
  const auto delivered = state_->noted(state_->newest_delivered_.all(success, successes_looked_at));
  if (!delivered) return propagate(delivered);
  for (const auto& [kind, at] : *delivered) {
    std::erase_if(*refused, [&](const auto& each) { return each.kind == kind && at > each.at; });
  }
  return refused;
}

Result<std::optional<DeliveryPlace>> LedgerReader::place(std::int64_t delivery_id) {
  const auto read = [](const sqlite::Rows& row) {
    return DeliveryPlace{row.enumeration<DeliveryKind>(0),
                         row.is_null(1) ? std::nullopt : std::optional(row.integer(1))};
  };
  return state_->noted(state_->place_of_delivery_.first(read, delivery_id));
}

Result<std::string> LedgerReader::bytes_of_delivery(std::int64_t delivery_id) {
  return state_->bytes(state_->bytes_of_delivery_, delivery_id);
}

Result<> LedgerReader::check(std::int64_t delivery_id) {
  auto bytes = bytes_of_delivery(delivery_id);
  if (!bytes) return propagate(std::move(bytes));
  return {};
}

Result<std::vector<Settlement>> LedgerReader::State::settlements(sqlite::Statement& choice,
                                                                 WallTime now,
                                                                 milliseconds wait_max,
                                                                 std::size_t limit) {
  auto chosen =
      noted(choice.all(sqlite::read_number, now, now + wait_max, clamped(limit + passed_over_max)));
  if (!chosen) return propagate(std::move(chosen));
  std::vector<Settlement> found;
  for (const std::int64_t trip_sequence : *chosen) {
    if (found.size() == limit) break;
    auto each = noted(settlement_of_trip_.first(read_settlement, trip_sequence));
    if (!each && each.error().remedy != Remedy::repair) {
      return propagate(std::move(each));
    }
    if (each && *each) found.push_back(**std::move(each));
  }
  return found;
}

Result<std::optional<Settlement>> LedgerReader::settlement(std::int64_t trip_sequence) {
  return state_->noted(state_->settlement_of_trip_.first(read_settlement, trip_sequence));
}

QuestionReader& LedgerReader::questions() {
  return state_->questions_;
}

Result<std::vector<std::int64_t>> LedgerReader::sent_settlements() {
  return state_->noted(state_->sent_settlements_.all(sqlite::read_number));
}

Result<std::vector<Settlement>> LedgerReader::due_settlements(WallTime now, milliseconds wait_max,
                                                              std::size_t limit) {
  return state_->settlements(state_->due_settlements_, now, wait_max, limit);
}

Result<std::vector<Settlement>> LedgerReader::newest_due_settlements(WallTime now,
                                                                     milliseconds wait_max,
                                                                     std::size_t limit) {
  return state_->settlements(state_->newest_due_settlements_, now, wait_max, limit);
}

Result<std::optional<WallTime>> LedgerReader::next_delivery_due(Lane lane) {
  auto time = state_->noted(state_->next_delivery_due_.first(sqlite::read_time, lane));
  if (!time) return propagate(std::move(time));
  return time->value_or(std::nullopt);
}

Result<std::optional<WallTime>> LedgerReader::next_settlement_due() {
  auto time = state_->noted(state_->next_settlement_due_.first(sqlite::read_time));
  if (!time) return propagate(std::move(time));
  return time->value_or(std::nullopt);
}

Result<std::vector<Settlement>> LedgerReader::due_looks(WallTime now, milliseconds wait_max,
                                                        std::size_t limit) {
  return state_->settlements(state_->due_looks_, now, wait_max, limit);
}

Result<std::vector<std::int64_t>> LedgerReader::withheld_trips(std::int64_t after_trip_sequence,
                                                               std::size_t limit) {
  return state_->noted(
      state_->withheld_trips_.all(sqlite::read_number, after_trip_sequence, clamped(limit)));
}

Result<std::optional<Settlement>> LedgerReader::withheld_charge(std::int64_t trip_sequence) {
  auto found = state_->noted(state_->settlement_of_trip_.first(read_settlement, trip_sequence));
  if (!found || !*found) return found;
  const Settlement& charge = **found;
  const bool waits =
      charge.state == SettlementState::adjust_due || charge.state == SettlementState::capture_due;
  const bool captured = charge.charge_unclear || charge.captures_sent > charge.captures_not_done;
  if (!charge.withheld || !waits || captured) return std::nullopt;
  return found;
}

Result<std::optional<WallTime>> LedgerReader::next_look_due() {
  auto time = state_->noted(state_->next_look_due_.first(sqlite::read_time));
  if (!time) return propagate(std::move(time));
  return time->value_or(std::nullopt);
}

Result<bool> LedgerReader::evidence_unsound() {
  const auto read = [](const sqlite::Rows& row) { return row.integer(0) != 0; };
  auto found = state_->noted(state_->evidence_unsound_.first(read));
  if (!found) return propagate(std::move(found));
  return found->value_or(false);
}

Result<std::string> LedgerReader::State::bytes(sqlite::Statement& statement, std::int64_t id) {
  const auto read = [](const sqlite::Rows& row) { return checked_bytes(row, 0); };
  auto found = noted(statement.first(read, id));
  if (!found) return propagate(std::move(found));
  if (!*found) return "";
  return noted(**std::move(found));
}

Result<std::string> LedgerReader::cart(std::int64_t trip_sequence) {
  return state_->bytes(state_->cart_of_trip_, trip_sequence);
}

Result<std::string> LedgerReader::checkout_cart(std::int64_t trip_sequence) {
  return state_->bytes(state_->checkout_cart_, trip_sequence);
}

Result<std::optional<TripView>> LedgerReader::trip(std::string_view trip_id) {
  auto snapshot = state_->read_snapshot();
  if (!snapshot) return propagate(std::move(snapshot));
  auto trip = state_->view_trip_.first(read_trip, trip_id);
  if (!trip || !*trip) return trip;
  if ((*trip)->trip_id != trip_id) return failure(Remedy::repair, names_another_trip);
  Result<> added = state_->add_details(**trip);
  if (!added) return propagate(std::move(added), "reading a trip");
  return trip;
}

Result<> LedgerReader::State::add_details(TripView& trip) {
  auto deliveries = deliveries_of_trip_.all(read_delivery, trip.sequence);
  if (!deliveries) return propagate(std::move(deliveries));
  auto settlement = settlement_of_trip_.first(read_settlement, trip.sequence);
  if (!settlement) return propagate(std::move(settlement));
  auto history = history_of_trip_.all(read_history, trip.sequence);
  if (!history) return propagate(std::move(history));
  auto refunds = refunds_of_trip_.all(read_refund, trip.sequence);
  if (!refunds) return propagate(std::move(refunds));
  auto decision = questions_.decision(trip.sequence);
  if (!decision) return propagate(std::move(decision));
  trip.decision = std::move(*decision);
  trip.refunds = std::move(*refunds);
  trip.deliveries = std::move(*deliveries);
  trip.settlement = std::move(*settlement);
  trip.history = std::move(*history);
  return {};
}

Result<std::vector<Delivery>> LedgerReader::deliveries(std::optional<DeliveryState> state,
                                                       std::int64_t after_id, std::size_t limit) {
  if (!state) return state_->delivery_page_.all(read_delivery, after_id, clamped(limit));
  return state_->delivery_page_of_state_.all(read_delivery, *state, after_id, clamped(limit));
}

Result<std::vector<RefusedCart>> LedgerReader::refused_carts(std::int64_t after_id,
                                                             std::size_t limit) {
  return state_->refused_page_.all(read_refused_cart, after_id, clamped(limit));
}

Result<std::optional<RefusedCart>> LedgerReader::refused_cart(std::int64_t id) {
  return state_->refused_cart_.first(read_refused_cart, id);
}

Result<std::string> LedgerReader::bytes_of_refused(std::int64_t id) {
  return state_->bytes(state_->bytes_of_refused_, id);
}

Result<std::vector<Settlement>> LedgerReader::settlements(SettlementState state,
                                                          std::int64_t after_trip_sequence,
                                                          std::size_t limit) {
  return state_->settlement_page_of_state_.all(read_settlement, state, after_trip_sequence,
                                               clamped(limit));
}

const std::string& LedgerReader::damage() const {
  return state_->damage_;
}

std::int64_t LedgerReader::steps() const {
  return state_->database_.steps();
}

}  // namespace gatehouse::store
