#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/ledger/records/open_question.hpp"
#include "store/sqlite/statement.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store {

/// Reads what waits for a person: charges that the payments desk is to be told of, and what it
/// decided. Part of a LedgerReader, and on its thread. All choices come from an index alone, at a
/// cost that does not grow with what waits.
class QuestionReader {
 public:
  /// Connection and `damage` outlive it. There it leaves what only a person can mend.
  QuestionReader(sqlite3* connection, std::string& damage);

  using Trips = std::vector<std::int64_t>;  ///< by trip sequence

  /// Charges with something to tell since `due` or longer, and those whose time lies beyond
  /// `latest`, where no time that was meant can lie: the wall clock has jumped back.
  [[nodiscard]] Result<Trips> due(WallTime due, WallTime latest, std::size_t limit);
  /// The earliest time of one; nullopt: none.
  [[nodiscard]] Result<std::optional<WallTime>> next();
  /// Open charges of trips that began before this time, and of which it is not on record.
  [[nodiscard]] Result<Trips> overdue(WallTime began_before, std::size_t limit);
  /// When the trip began that will be overdue next; nullopt: none.
  [[nodiscard]] Result<std::optional<WallTime>> next_to_be_overdue();
  /// nullopt: this trip is not settled here.
  [[nodiscard]] Result<std::optional<QuestionFacts>> facts(std::int64_t trip_sequence);
  /// The last word that came for a trip, settled here or not.
  [[nodiscard]] Result<std::optional<Decision>> decision(std::int64_t trip_sequence);

  /// Words that are not carried out yet, by trip, after this one.
  [[nodiscard]] Result<std::vector<Decision>> pending_decisions(std::int64_t after,
                                                                std::size_t limit);

 private:
  template <class T>
  [[nodiscard]] Result<T> noted(Result<T> result) {
    if (!result && result.error().remedy == Remedy::repair) damage_ = result.error().message;
    return result;
  }

  std::string& damage_;
  sqlite::Statement due_;
  sqlite::Statement next_;
  sqlite::Statement overdue_;
  sqlite::Statement next_to_be_overdue_;
  sqlite::Statement question_;
  sqlite::Statement captures_;
  sqlite::Statement look_;
  sqlite::Statement decision_;
  sqlite::Statement pending_decisions_;
};

}  // namespace gatehouse::store
