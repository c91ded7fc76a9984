#pragma once

// Private to ledger_reader.cpp and ledger_counts.cpp: what a LedgerReader holds.

#include <string>
#include <utility>
#include <vector>

#include "store/ledger/ledger_gap_statements.hpp"
#include "store/ledger/ledger_queries.hpp"
#include "store/ledger/ledger_reader.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/statement.hpp"
#include "store/sqlite/transaction.hpp"

namespace gatehouse::store {

struct LedgerReader::State {
  explicit State(sqlite::Database opened) : database(std::move(opened)), transactions(database) {}

  [[nodiscard]] Result<> add_details(TripView& trip);
  [[nodiscard]] Result<> count_deliveries(LedgerCounts& counts);
  [[nodiscard]] Result<> count_settlements(LedgerCounts& counts, WallTime recent_since);
  [[nodiscard]] Result<std::string> bytes(sqlite::Statement& statement, std::int64_t id);
  /// Remembers what only a person can mend.
  template <class T>
  [[nodiscard]] Result<T> noted(Result<T> result) {
    if (!result && result.error().remedy == Remedy::repair) damage = result.error().message;
    return result;
  }
  /// What `choice` names, each read by itself: one that cannot be read is passed over.
  [[nodiscard]] Result<std::vector<Settlement>> settlements(sqlite::Statement& choice, WallTime now,
                                                            milliseconds wait_max,
                                                            std::size_t limit);
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
  sqlite::Statement least_tried = prepare(queries::least_tried_settlements());
  sqlite::Statement sent_settlements = prepare(queries::sent_settlements());
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
  sqlite::Statement expired_recently = prepare(queries::expired_recently());
  GapStatements gaps{database.handle()};

 private:
  [[nodiscard]] sqlite::Statement prepare(std::string sql) const {
    return {database.handle(), std::move(sql)};
  }
};

}  // namespace gatehouse::store
