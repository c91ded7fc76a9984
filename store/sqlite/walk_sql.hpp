#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "store/sqlite/shape.hpp"
#include "store/sqlite/statement.hpp"

// The SQL of what goes through a file whatever its tables are. It follows from the schema alone, so
// it is made here and stands in no .sql file; a test asks SQLite for the plan of each.
namespace gatehouse::store::sqlite {

/// ?1 after this row id, ?2 limit. Row id and all columns, through the table itself.
[[nodiscard]] std::string rows_after(const TableShape& table);
/// ?1 from this row id, ?2 to this one. The same.
[[nodiscard]] std::string rows_between(const TableShape& table);
/// The highest row id.
[[nodiscard]] std::string last_row(const TableShape& table);
/// ?1 row id. Whether there is such a row, without a look at what it holds.
[[nodiscard]] std::string row_with(const TableShape& table);
/// ?1 row id. One column, without a look at what is stored behind it.
[[nodiscard]] std::string column_of_row(const TableShape& table, const ColumnShape& column);
/// Row id and keys of all entries of an index, from its beginning or from its end.
[[nodiscard]] std::string all_entries(const TableShape& table, const IndexShape& index,
                                      bool from_end);
/// A parameter for each column.
[[nodiscard]] std::string insert_into(const TableShape& table);

/// ?1 after this row id, ?2 up to this one. The row ids of rows that should be in the index, with
/// these keys, and are not.
[[nodiscard]] std::string rows_not_in(const TableShape& table, const IndexShape& index);
/// ?1 row id. It, where that row should be in the index, with these keys, and is not.
[[nodiscard]] std::string row_not_in(const TableShape& table, const IndexShape& index);
/// ?1 row id. As rows_after(), of this row alone.
[[nodiscard]] std::string whole_row(const TableShape& table);
/// Entries of the index in its order: the row id, whether that row is there and has these keys, and
/// the keys. ?1 limit. From the beginning.
[[nodiscard]] std::string first_entries(const TableShape& table, const IndexShape& index);
/// The same after an entry with `keys` of the row `row_id`, of those that have the first `alike`
/// keys in common with it: with all of them, those of higher row ids. Whoever asks with all keys,
/// then with one less, and so on down to none, finds all that come after it. `values` is what to
/// bind, without the limit, which comes last.
struct EntriesAfter {
  std::string sql;
  StoredValues values;
};
[[nodiscard]] EntriesAfter entries_after(const TableShape& table, const IndexShape& index,
                                         std::span<const StoredValue> keys, std::int64_t row_id,
                                         std::size_t alike);

}  // namespace gatehouse::store::sqlite
