#pragma once

#include <optional>
#include <string_view>

#include "store/cache/records.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/statement.hpp"

namespace gatehouse::store {

/// The instruments in cache.db, for the writer and for a reader. The connection must outlive it;
/// transactions are its user's.
class InstrumentTable {
 public:
  explicit InstrumentTable(sqlite::Database& database);

  /// An unclear one is joined with what is there.
  [[nodiscard]] Result<> put(const InstrumentPut& put);
  [[nodiscard]] Result<> remove(std::string_view document_id);
  /// By Amazon's id of the instrument.
  [[nodiscard]] Result<std::optional<Instrument>> find(std::string_view id);

 private:
  [[nodiscard]] Result<> write(std::string_view document_id, const Instrument& instrument);

  sqlite::Statement put_;
  sqlite::Statement remove_;
  sqlite::Statement find_;
};

}  // namespace gatehouse::store
