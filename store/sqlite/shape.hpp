#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite/database.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store::sqlite {

struct ColumnShape {
  std::string name;
  std::string type;  ///< "INTEGER", "TEXT" or "BLOB": our tables are STRICT
  bool not_null = false;
  bool is_row_id = false;  ///< INTEGER PRIMARY KEY
};

struct IndexShape {
  std::string name;
  std::vector<std::string> keys{};  ///< columns or expressions; the row id follows them
  std::string condition{};          ///< of a partial one; '' : every row is in it
};

struct TableShape {
  std::string name;
  std::vector<ColumnShape> columns{};
  std::vector<IndexShape> indexes{};
};

/// The tables that the first `count` migrations make, as SQLite itself understands them: for what
/// goes through all tables of a file, which must not ask that file when it may be damaged. Made in
/// memory, in milliseconds. Tables WITHOUT ROWID are not expected.
[[nodiscard]] Result<std::vector<TableShape>> shape_of(Migrations migrations, std::size_t count);

/// "name" in quotes, as SQL writes it.
[[nodiscard]] std::string in_quotes(std::string_view name);

}  // namespace gatehouse::store::sqlite
