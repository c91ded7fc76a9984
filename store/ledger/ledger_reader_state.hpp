#pragma once

// Private to ledger_reader.cpp, ledger_clock.cpp and ledger_reader_counts.cpp: what a LedgerReader
// holds.

#include <string>
#include <utility>
#include <vector>

#include "store/ledger/gap_reader.hpp"
#include "store/ledger/ledger_reader.hpp"
#include "store/sql/ledger_sql.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/statement.hpp"
#include "store/sqlite/transaction.hpp"

namespace gatehouse::store {

struct LedgerReader::State {
  explicit State(sqlite::Database database)
      : database_(std::move(database)), transactions_(database_) {}

  [[nodiscard]] Result<> add_details(TripView& trip);
  [[nodiscard]] Result<> count_deliveries(LedgerCounts& counts, WallTime recent_since);
  [[nodiscard]] Result<> count_refunds_withdrawn(LedgerCounts& counts);
  [[nodiscard]] Result<> count_settlements(LedgerCounts& counts, WallTime recent_since);
  [[nodiscard]] Result<> count_prices_unusable(LedgerCounts& counts);
  [[nodiscard]] Result<> count_unsound_evidence(LedgerCounts& counts);
  [[nodiscard]] Result<> count_carts_after_empty(LedgerCounts& counts, WallTime recent_since);
  [[nodiscard]] Result<> count_not_granted(LedgerCounts& counts, WallTime recent_since);
  [[nodiscard]] Result<std::int64_t> count_recently(SettlementState state, WallTime since);
  [[nodiscard]] Result<> count_refused_carts(LedgerCounts& counts, WallTime recent_since);
  [[nodiscard]] Result<> find_due(LedgerCounts& counts);
  [[nodiscard]] Result<> count_decisions(LedgerCounts& counts, WallTime recent_since);
  [[nodiscard]] Result<std::string> bytes(sqlite::Statement& statement, std::int64_t id);
  /// Remembers what only a person can mend.
  template <class T>
  [[nodiscard]] Result<T> noted(Result<T> result) {
    if (!result && result.error().remedy == Remedy::repair) damage_ = result.error().message;
    return result;
  }
  /// What `choice` names, each read by itself: one that cannot be read is passed over.
  [[nodiscard]] Result<std::vector<Settlement>> settlements(sqlite::Statement& choice, WallTime now,
                                                            milliseconds wait_max,
                                                            std::size_t limit);
  [[nodiscard]] auto read_snapshot() {
    return sqlite::Transaction::begin(database_, transactions_, sqlite::Transaction::Kind::read);
  }

  sqlite::Database database_;
  sqlite::TransactionStatements transactions_;

  std::string damage_;

  sqlite::Statement oldest_due_deliveries_ = prepare(ledger_sql::oldest_due_deliveries);
  sqlite::Statement newest_due_deliveries_ = prepare(ledger_sql::newest_due_deliveries);
  sqlite::Statement jumped_deliveries_ = prepare(ledger_sql::jumped_deliveries);
  sqlite::Statement next_delivery_due_ = prepare(ledger_sql::next_delivery_due);
  sqlite::Statement pending_delivery_ = prepare(ledger_sql::pending_delivery);
  sqlite::Statement refused_since_ = prepare(ledger_sql::refused_since);
  sqlite::Statement newest_delivered_ = prepare(ledger_sql::newest_delivered);
  sqlite::Statement state_of_delivery_ = prepare(ledger_sql::state_of_delivery);
  sqlite::Statement place_of_delivery_ = prepare(ledger_sql::place_of_delivery);
  sqlite::Statement bytes_of_delivery_ = prepare(ledger_sql::bytes_of_delivery);

  sqlite::Statement due_settlements_ = prepare(ledger_sql::due_settlements);
  sqlite::Statement newest_due_settlements_ = prepare(ledger_sql::newest_due_settlements);
  sqlite::Statement sent_settlements_ = prepare(ledger_sql::sent_settlements);
  sqlite::Statement next_settlement_due_ = prepare(ledger_sql::next_settlement_due);
  sqlite::Statement due_looks_ = prepare(ledger_sql::due_looks);
  sqlite::Statement withheld_trips_ = prepare(ledger_sql::withheld_trips);
  sqlite::Statement next_look_due_ = prepare(ledger_sql::next_look_due);
  sqlite::Statement confirmed_time_ = prepare(ledger_sql::confirmed_time);
  sqlite::Statement evidence_unsound_ = prepare(ledger_sql::evidence_unsound);
  sqlite::Statement unsound_evidence_ = prepare(ledger_sql::unsound_evidence);
  sqlite::Statement captures_unclear_ = prepare(ledger_sql::captures_unclear);
  sqlite::Statement carts_after_empty_ = prepare(ledger_sql::carts_after_empty);
  sqlite::Statement prices_unusable_ = prepare(ledger_sql::prices_unusable);
  sqlite::Statement cart_of_trip_ = prepare(ledger_sql::cart_of_trip);
  sqlite::Statement checkout_cart_ = prepare(ledger_sql::checkout_cart);

  sqlite::Statement view_trip_ = prepare(ledger_sql::view_trip);
  sqlite::Statement deliveries_of_trip_ = prepare(ledger_sql::deliveries_of_trip);
  sqlite::Statement settlement_of_trip_ = prepare(ledger_sql::settlement_of_trip);
  sqlite::Statement history_of_trip_ = prepare(ledger_sql::history_of_trip);
  sqlite::Statement refunds_of_trip_ = prepare(ledger_sql::refunds_of_trip);

  sqlite::Statement delivery_page_ = prepare(ledger_sql::delivery_page);
  sqlite::Statement delivery_page_of_state_ = prepare(ledger_sql::delivery_page_of_state);

  sqlite::Statement settlement_page_of_state_ = prepare(ledger_sql::settlement_page_of_state);

  sqlite::Statement refused_page_ = prepare(ledger_sql::refused_page);
  sqlite::Statement refused_cart_ = prepare(ledger_sql::refused_cart);
  sqlite::Statement bytes_of_refused_ = prepare(ledger_sql::bytes_of_refused);
  sqlite::Statement refused_total_ = prepare(ledger_sql::refused_total);
  sqlite::Statement refused_waiting_ = prepare(ledger_sql::refused_waiting);
  sqlite::Statement refused_recently_ = prepare(ledger_sql::refused_recently);
  sqlite::Statement last_refused_ = prepare(ledger_sql::last_refused);

  sqlite::Statement totals_ = prepare(ledger_sql::totals);
  sqlite::Statement damaged_deliveries_ = prepare(ledger_sql::damaged_deliveries);
  sqlite::Statement delivery_states_ = prepare(ledger_sql::delivery_states);
  sqlite::Statement pending_elsewhere_ = prepare(ledger_sql::pending_elsewhere);
  sqlite::Statement oldest_pending_ = prepare(ledger_sql::oldest_pending);
  sqlite::Statement settlement_states_ = prepare(ledger_sql::settlement_states);
  sqlite::Statement key_conflicts_ = prepare(ledger_sql::key_conflicts);
  sqlite::Statement refunds_withdrawn_ = prepare(ledger_sql::refunds_withdrawn);
  sqlite::Statement in_state_recently_ = prepare(ledger_sql::in_state_recently);
  sqlite::Statement last_not_granted_ = prepare(ledger_sql::last_not_granted);
  sqlite::Statement decisions_refused_ = prepare(ledger_sql::decisions_refused);
  GapReader gaps_{database_.handle()};
  QuestionReader questions_{database_.handle(), damage_};

 private:
  [[nodiscard]] sqlite::Statement prepare(const sqlite::NamedStatement& named) const {
    return {database_.handle(), named};
  }
};

}  // namespace gatehouse::store
