#pragma once

// Private to the files of ledger_verifier.hpp: what a LedgerVerifier holds.

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "store/ledger/verify/ledger_verifier.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/shape.hpp"
#include "store/sqlite/statement.hpp"
#include "store/sqlite/transaction.hpp"

namespace gatehouse::store {

/// One connection and what was prepared on it.
class WalkConnection {
 public:
  explicit WalkConnection(sqlite::Database database)
      : database_(std::move(database)), transactions_(database_) {}

  [[nodiscard]] sqlite::Statement& statement(const std::string& sql) {
    return statements_.try_emplace(sql, database_.handle(), sql).first->second;
  }
  [[nodiscard]] bool failed_to_read() const { return database_.failed_to_read(); }
  [[nodiscard]] auto snapshot() {
    return sqlite::Transaction::begin(database_, transactions_, sqlite::Transaction::Kind::read);
  }

 private:
  sqlite::Database database_;
  sqlite::TransactionStatements transactions_;
  std::map<std::string, sqlite::Statement> statements_;  ///< a few for each table and index
};

/// What is to be read next: rows of a table by their row ids, then each of its indexes.
struct WalkPlace {
  std::size_t table = 0;
  std::size_t part = 0;         ///< 0: the table itself, n: its n-th index
  bool begun = false;           ///< of the part
  std::int64_t row = 0;         ///< after this one; ids of ours begin with 1
  sqlite::StoredValues keys{};  ///< of an index: after this entry
};

/// What was read in one go.
struct WalkPiece {
  VerifyStep read{};
  WalkPlace next;
};

struct LedgerVerifier::State {
  State(std::filesystem::path file, std::vector<sqlite::TableShape> tables)
      : file_(std::move(file)), tables_(std::move(tables)) {}

  [[nodiscard]] Result<> connect();
  /// From place_ on, of the same part of the same table.
  [[nodiscard]] Result<WalkPiece> read_carefully();
  [[nodiscard]] Result<WalkPiece> read_piece();
  [[nodiscard]] Result<WalkPiece> read_rows();
  [[nodiscard]] Result<WalkPiece> read_entries();

  struct TakenRows {
    std::vector<std::int64_t> ids{};
    std::string unreadable{};  ///< what comes behind them cannot be read: why
    std::int64_t unreadable_from = 0;
    bool ended = false;
  };
  [[nodiscard]] Result<TakenRows> take_rows(WalkPiece& piece);
  void take_row(std::int64_t id, const sqlite::StoredValues& values, WalkPiece& piece);
  /// Whoever asks for the row with this id (`by_id`) finds these values.
  [[nodiscard]] Result<bool> is_at(sqlite::Statement& by_id, std::int64_t id,
                                   const sqlite::StoredValues& values) const;
  /// Which of these rows an index lacks.
  [[nodiscard]] Result<> look_into_indexes(std::span<const std::int64_t> ids, WalkPiece& piece);
  /// Where rows can be read again, after `row`.
  [[nodiscard]] Result<std::int64_t> next_readable_after(std::int64_t row);
  [[nodiscard]] Result<bool> can_read_after(std::int64_t row);
  /// '' : it is not known.
  [[nodiscard]] std::string trip_of(std::int64_t row);
  [[nodiscard]] std::string trip_with(std::int64_t sequence);
  [[nodiscard]] std::string trip_in(const sqlite::StoredValues& row);
  [[nodiscard]] bool is_news(const std::vector<DamagedPlace>& found) const;
  void leave_part(WalkPlace& place) const;
  /// Of the last call on the connection: it cost what it was to read, and the walk goes on.
  [[nodiscard]] bool is_damage(const Error& error) const;
  [[nodiscard]] const sqlite::TableShape& table() const { return tables_[place_.table]; }

  std::filesystem::path file_;
  std::vector<sqlite::TableShape> tables_;
  std::optional<WalkConnection> connection_;
  WalkPlace place_;
  std::set<std::string> damaged_indexes_;  ///< those that this walk has told of
  bool failed_here_ = false;               ///< a step has ended with an error: could not be read
  bool could_not_read_ = false;            ///< what the last piece needed
  bool unreadable_is_damage_ = false;      ///< for the piece that is being read
};

}  // namespace gatehouse::store
