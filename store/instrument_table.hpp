#pragma once

#include <optional>
#include <string_view>

#include "store/cache.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/statement.hpp"

namespace gatehouse::store {

/// Whether a document of this _id can be an instrument.
[[nodiscard]] bool is_instrument(std::string_view document_id);

/// The instruments in cache.db, for the writer and for a reader. The connection must outlive it;
/// transactions are its user's.
class InstrumentTable {
 public:
  explicit InstrumentTable(sqlite::Database& database);

  [[nodiscard]] Result<> put(const InstrumentPut& put);
  [[nodiscard]] Result<> remove(std::string_view document_id);
  /// By Amazon's id of the instrument.
  [[nodiscard]] Result<std::optional<Instrument>> find(std::string_view id);

 private:
  sqlite::Statement put_;
  sqlite::Statement remove_;
  sqlite::Statement find_;
};

}  // namespace gatehouse::store
