#include "store/ledger_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>
#include <utility>

#include "store/checked_bytes.hpp"
#include "store/ledger_gap_statements.hpp"
#include "store/ledger_queries.hpp"
#include "store/sql/ledger_migrations.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/transaction.hpp"

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
  return delivery;
}

Result<Delivery> read_delivery_with_payload(const sqlite::Rows& row) {
  auto payload = checked_bytes(row, 13);
  if (!payload) return std::unexpected(std::move(payload.error()));
  Delivery delivery = read_delivery(row);
  delivery.payload = *std::move(payload);
  return delivery;
}

DueDelivery read_due(const sqlite::Rows& row) {
  return {row.integer(0), row.integer(1), static_cast<int>(row.integer(2))};
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
  return settlement;
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
  return trip;
}

Refund read_refund(const sqlite::Rows& row) {
  return {row.string(0), Money{row.integer(1), row.string(2)}, row.enumeration<RefundReason>(3),
          row.integer(4)};
}

HistoryEntry read_history(const sqlite::Rows& row) {
  return {row.time(0), row.enumeration<SettlementState>(1), row.string(2)};
}

struct StateCount {
  SettlementState state;
  std::int64_t count;
  WallTime oldest_at;  ///< start of the trip that began first
};

std::optional<WallTime> read_time(const sqlite::Rows& row) {
  return row.optional_time(0);
}

std::int64_t clamped(std::size_t limit) {
  return static_cast<std::int64_t>(std::min<std::size_t>(limit, 1'000'000));
}

}  // namespace

struct LedgerReader::State {
  explicit State(sqlite::Database opened) : database(std::move(opened)), transactions(database) {}

  [[nodiscard]] Result<> add_details(TripView& trip);
  [[nodiscard]] Result<> count_deliveries(LedgerCounts& counts);
  [[nodiscard]] Result<> count_settlements(LedgerCounts& counts, WallTime lately_since);
  [[nodiscard]] Result<std::string> bytes(sqlite::Statement& statement, std::int64_t id);
  /// Remembers what only a person can mend.
  template <class T>
  [[nodiscard]] Result<T> noted(Result<T> result) {
    if (!result && result.error().remedy == Remedy::repair) damage = result.error().message;
    return result;
  }
  [[nodiscard]] auto read_snapshot() {
    return sqlite::Transaction::begin(database, transactions, sqlite::Transaction::Kind::read);
  }

  sqlite::Database database;
  sqlite::TransactionStatements transactions;

  std::string damage;

  sqlite::Statement oldest_due = prepare(queries::due_deliveries("ASC"));
  sqlite::Statement newest_due = prepare(queries::due_deliveries("DESC"));
  sqlite::Statement jumped = prepare(queries::jumped_deliveries());
  sqlite::Statement next_delivery = prepare(queries::next_delivery());
  sqlite::Statement delivery = prepare(queries::delivery());
  sqlite::Statement bytes_of_delivery = prepare(queries::bytes_of_delivery());

  sqlite::Statement due_settlements = prepare(queries::due_settlements());
  sqlite::Statement least_tried = prepare(queries::least_tried_settlement());
  sqlite::Statement next_settlement = prepare(queries::next_settlement());
  sqlite::Statement due_looks = prepare(queries::due_looks());
  sqlite::Statement next_look = prepare(queries::next_look());
  sqlite::Statement captures_unclear = prepare(queries::captures_unclear());
  sqlite::Statement cart_of_trip = prepare(queries::cart_of_trip());
  sqlite::Statement checkout_cart = prepare(queries::checkout_cart());

  sqlite::Statement find_trip = prepare(queries::trip());
  sqlite::Statement trip_deliveries = prepare(queries::deliveries_of_trip());
  sqlite::Statement trip_settlement = prepare(queries::settlement_of_trip());
  sqlite::Statement trip_history = prepare(queries::history_of_trip());
  sqlite::Statement trip_refunds = prepare(queries::refunds_of_trip());

  sqlite::Statement page = prepare(queries::delivery_page());
  sqlite::Statement page_of_state = prepare(queries::delivery_page_of_state());

  sqlite::Statement settlement_page = prepare(queries::settlement_page_of_state());

  sqlite::Statement totals = prepare(queries::totals());
  sqlite::Statement damaged_deliveries = prepare(queries::damaged_deliveries());
  sqlite::Statement delivery_states = prepare(queries::delivery_states());
  sqlite::Statement oldest_pending = prepare(queries::oldest_pending());
  sqlite::Statement settlement_states = prepare(queries::settlement_states());
  sqlite::Statement expired_lately = prepare(queries::expired_lately());
  GapStatements gaps{database.handle()};

 private:
  [[nodiscard]] sqlite::Statement prepare(std::string sql) const {
    return {database.handle(), std::move(sql)};
  }
};

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
    auto& statement = oldest_first ? state_->oldest_due : state_->newest_due;
    return state_->noted(statement.all(read_due, lane, now, clamped(at_most)));
  };
  const auto jumped = [&](std::size_t at_most) {
    return state_->noted(state_->jumped.all(read_due, lane, now + wait_max, clamped(at_most)));
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
  auto found = state_->delivery.first(read_delivery_with_payload, due.id, due.trip_sequence);
  if (!found) return state_->noted(Result<Delivery>(std::unexpected(std::move(found.error()))));
  if (!*found) {
    return state_->noted(Result<Delivery>(failure(
        Remedy::repair, "an index of the ledger names a pending record that is not there")));
  }
  return state_->noted(**std::move(found));
}

Result<> LedgerReader::check(std::int64_t delivery_id) {
  auto bytes = state_->bytes(state_->bytes_of_delivery, delivery_id);
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  return {};
}

Result<std::vector<Settlement>> LedgerReader::due_settlements(WallTime now, milliseconds wait_max,
                                                              std::size_t limit) {
  return state_->noted(
      state_->due_settlements.all(read_settlement, now, now + wait_max, clamped(limit)));
}

Result<std::vector<Settlement>> LedgerReader::least_tried_settlements(WallTime now,
                                                                      milliseconds wait_max,
                                                                      std::size_t limit) {
  return state_->noted(
      state_->least_tried.all(read_settlement, now, now + wait_max, clamped(limit)));
}

Result<std::optional<WallTime>> LedgerReader::next_delivery_due(Lane lane) {
  auto time = state_->noted(state_->next_delivery.first(read_time, lane));
  if (!time) return std::unexpected(std::move(time.error()));
  return time->value_or(std::nullopt);
}

Result<std::optional<WallTime>> LedgerReader::next_settlement_due() {
  auto time = state_->noted(state_->next_settlement.first(read_time));
  if (!time) return std::unexpected(std::move(time.error()));
  return time->value_or(std::nullopt);
}

Result<std::vector<Settlement>> LedgerReader::due_looks(WallTime now, milliseconds wait_max,
                                                        std::size_t limit) {
  return state_->noted(
      state_->due_looks.all(read_settlement, now, now + wait_max, clamped(limit)));
}

Result<std::optional<WallTime>> LedgerReader::next_look_due() {
  auto time = state_->noted(state_->next_look.first(read_time));
  if (!time) return std::unexpected(std::move(time.error()));
  return time->value_or(std::nullopt);
}

Result<std::string> LedgerReader::State::bytes(sqlite::Statement& statement, std::int64_t id) {
  const auto read = [](const sqlite::Rows& row) { return checked_bytes(row, 0); };
  auto found = noted(statement.first(read, id));
  if (!found) return std::unexpected(std::move(found.error()));
  if (!*found) return "";
  return noted(**std::move(found));
}

Result<std::string> LedgerReader::cart(std::int64_t trip_sequence) {
  return state_->bytes(state_->cart_of_trip, trip_sequence);
}

Result<std::string> LedgerReader::checkout_cart(std::int64_t trip_sequence) {
  return state_->bytes(state_->checkout_cart, trip_sequence);
}

Result<std::optional<TripView>> LedgerReader::trip(std::string_view trip_id) {
  auto snapshot = state_->read_snapshot();
  if (!snapshot) return std::unexpected(std::move(snapshot.error()));
  auto trip = state_->find_trip.first(read_trip, trip_id);
  if (!trip || !*trip) return trip;
  if (Result<> added = state_->add_details(**trip); !added) {
    return propagate(std::move(added), "reading a trip");
  }
  return trip;
}

Result<> LedgerReader::State::add_details(TripView& trip) {
  auto deliveries = trip_deliveries.all(read_delivery, trip.sequence);
  if (!deliveries) return std::unexpected(std::move(deliveries.error()));
  auto settlement = trip_settlement.first(read_settlement, trip.sequence);
  if (!settlement) return std::unexpected(std::move(settlement.error()));
  auto history = trip_history.all(read_history, trip.sequence);
  if (!history) return std::unexpected(std::move(history.error()));
  auto refunds = trip_refunds.all(read_refund, trip.sequence);
  if (!refunds) return std::unexpected(std::move(refunds.error()));
  trip.refunds = std::move(*refunds);
  trip.deliveries = std::move(*deliveries);
  trip.settlement = std::move(*settlement);
  trip.history = std::move(*history);
  return {};
}

Result<std::vector<Delivery>> LedgerReader::deliveries(std::optional<DeliveryState> state,
                                                       std::int64_t after_id, std::size_t limit) {
  if (!state) return state_->page.all(read_delivery, after_id, clamped(limit));
  return state_->page_of_state.all(read_delivery, *state, after_id, clamped(limit));
}

Result<std::vector<Settlement>> LedgerReader::settlements(SettlementState state,
                                                          std::int64_t after_trip_sequence,
                                                          std::size_t limit) {
  return state_->settlement_page.all(read_settlement, state, after_trip_sequence, clamped(limit));
}

Result<LedgerCounts> LedgerReader::counts(WallTime lately_since) {
  auto snapshot = state_->read_snapshot();
  if (!snapshot) return std::unexpected(std::move(snapshot.error()));
  LedgerCounts counts;
  Result<> counted = state_->count_deliveries(counts);
  if (counted) counted = state_->count_settlements(counts, lately_since);
  if (counted) counted = state_->gaps.count(counts);
  if (!counted) return propagate(std::move(counted), "counting the ledger");
  return counts;
}

Result<> LedgerReader::State::count_deliveries(LedgerCounts& counts) {
  const auto pair = [](const sqlite::Rows& row) {
    return std::pair(row.integer(0), row.integer(1));
  };
  auto all = totals.first(pair);
  if (!all) return std::unexpected(std::move(all.error()));
  std::tie(counts.trips, counts.differing_carts) = all->value_or(std::pair(0, 0));
  auto states = delivery_states.all(pair);
  if (!states) return std::unexpected(std::move(states.error()));
  for (const auto& [state, count] : *states) {
    switch (static_cast<DeliveryState>(state)) {
      case DeliveryState::pending:
        counts.pending = count;
        break;
      case DeliveryState::delivered:
        counts.delivered = count;
        break;
      case DeliveryState::set_aside:
        counts.set_aside = count;
        break;
    }
  }
  const auto number = [](const sqlite::Rows& row) { return row.integer(0); };
  auto damaged = damaged_deliveries.first(number);
  if (!damaged) return std::unexpected(std::move(damaged.error()));
  counts.damaged = damaged->value_or(0);
  auto oldest = oldest_pending.first(read_time);
  if (!oldest) return std::unexpected(std::move(oldest.error()));
  counts.oldest_pending_at = oldest->value_or(std::nullopt);
  return {};
}

Result<> LedgerReader::State::count_settlements(LedgerCounts& counts, WallTime lately_since) {
  const auto read = [](const sqlite::Rows& row) {
    return StateCount{row.enumeration<SettlementState>(0), row.integer(1), row.time(2)};
  };
  auto states = settlement_states.all(read);
  if (!states) return std::unexpected(std::move(states.error()));
  for (const auto& [state, count, oldest_at] : *states) {
    switch (state) {
      case SettlementState::captured:
        counts.captured = count;
        break;
      case SettlementState::cancelled:
        counts.cancelled = count;
        break;
      case SettlementState::declined:
        counts.declined = count;
        break;
      case SettlementState::held:
        counts.held = count;
        break;
      case SettlementState::expired:
        counts.expired = count;
        break;
      case SettlementState::checked_out:
        counts.checked_out = count;
        break;
      default:
        if (state == SettlementState::awaiting_price) counts.awaiting_price = count;
        counts.settlement_open += count;
        if (state == SettlementState::details_due) break;  // charged
        counts.oldest_uncharged_trip_at =
            std::min(oldest_at, counts.oldest_uncharged_trip_at.value_or(oldest_at));
    }
  }
  const auto number = [](const sqlite::Rows& row) { return row.integer(0); };
  auto lately = expired_lately.first(number, lately_since);
  if (!lately) return std::unexpected(std::move(lately.error()));
  counts.expired_lately = lately->value_or(0);
  const auto unclear_ones = [](const sqlite::Rows& row) {
    return std::pair(row.integer(0), row.optional_time(1));
  };
  auto unclear = captures_unclear.first(unclear_ones);
  if (!unclear) return std::unexpected(std::move(unclear.error()));
  std::tie(counts.captures_unclear, counts.oldest_unclear_trip_at) =
      unclear->value_or(std::pair(std::int64_t{0}, std::optional<WallTime>{}));
  return {};
}

const std::string& LedgerReader::damage() const {
  return state_->damage;
}

std::int64_t LedgerReader::steps() const {
  return state_->database.steps();
}

}  // namespace gatehouse::store
