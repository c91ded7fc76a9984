#pragma once

#include "store/ledger/ledger_counts.hpp"
#include "store/sqlite/statement.hpp"

namespace gatehouse::store {

/// Private to LedgerReader: reads what is the matter with the history of a ledger.
class GapReader {
 public:
  /// The connection outlives it.
  explicit GapReader(sqlite3* connection);
  /// Fills `counts.mark`, `counts.gap` and `counts.withheld`.
  [[nodiscard]] Result<> count(LedgerCounts& counts);

 private:
  sqlite::Statement select_mark_;
  sqlite::Statement open_gap_;
  sqlite::Statement withheld_charges_;
};

}  // namespace gatehouse::store
