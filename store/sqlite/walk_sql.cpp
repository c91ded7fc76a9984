#include "store/sqlite/walk_sql.hpp"

#include <fmt/format.h>

namespace gatehouse::store::sqlite {
namespace {

/// "rowid AS row_id, (a) AS key_0, (b) AS key_1".
std::string keys_as(const IndexShape& index) {
  std::string text = "rowid AS row_id";
  for (std::size_t i = 0; i < index.keys.size(); ++i) {
    text += fmt::format(", ({}) AS key_{}", index.keys[i], i);
  }
  return text;
}

/// " AND (a) IS found.key_0 …".
std::string same_keys(const IndexShape& index) {
  std::string text;
  for (std::size_t i = 0; i < index.keys.size(); ++i) {
    text += fmt::format(" AND ({}) IS found.key_{}", index.keys[i], i);
  }
  return text;
}

/// "(…)", which every row of the index fulfils: without it a partial one is not used.
std::string condition_of(const IndexShape& index) {
  return index.condition.empty() ? "true" : fmt::format("({})", index.condition);
}

/// Without ORDER BY: one index alone is gone through, in its own order. Asked for that order SQLite
/// sorts, where a condition fixes one of the keys. Whoever reads looks whether they are in order.
std::string entries(const TableShape& table, const IndexShape& index, const std::string& where,
                    std::size_t limit_at) {
  std::string found;
  for (std::size_t i = 0; i < index.keys.size(); ++i) found += fmt::format(", key_{}", i);
  return fmt::format(
      "SELECT row_id, EXISTS (SELECT 1 FROM {0} AS r NOT INDEXED WHERE r.rowid = found.row_id"
      " AND {1}{2}){3} FROM (SELECT {4} FROM {0} INDEXED BY {5} WHERE {1}{6}"
      " LIMIT ?{7}) AS found",
      in_quotes(table.name), condition_of(index), same_keys(index), found, keys_as(index),
      in_quotes(index.name), where, limit_at);
}

std::string not_in(const TableShape& table, const IndexShape& index, const std::string& rows) {
  return fmt::format(
      "SELECT row_id FROM (SELECT {} FROM {} NOT INDEXED WHERE {} AND {})"
      " AS found WHERE NOT EXISTS (SELECT 1 FROM {} AS i INDEXED BY {} WHERE {}{}"
      " AND i.rowid = found.row_id)",
      keys_as(index), in_quotes(table.name), rows, condition_of(index), in_quotes(table.name),
      in_quotes(index.name), condition_of(index), same_keys(index));
}

std::string columns_of(const TableShape& table) {
  std::string columns;
  for (const ColumnShape& each : table.columns) {
    columns += (columns.empty() ? "" : ", ") + in_quotes(each.name);
  }
  return columns;
}

}  // namespace

std::string rows_after(const TableShape& table) {
  return fmt::format(
      "SELECT rowid, {} FROM {} NOT INDEXED WHERE rowid > ?1 ORDER BY rowid LIMIT ?2",
      columns_of(table), in_quotes(table.name));
}

std::string rows_between(const TableShape& table) {
  return fmt::format(
      "SELECT rowid, {} FROM {} NOT INDEXED WHERE rowid >= ?1 AND rowid <= ?2 ORDER BY rowid",
      columns_of(table), in_quotes(table.name));
}

std::string last_row(const TableShape& table) {
  return fmt::format("SELECT rowid FROM {} NOT INDEXED ORDER BY rowid DESC LIMIT 1",
                     in_quotes(table.name));
}

std::string row_with(const TableShape& table) {
  return fmt::format("SELECT rowid FROM {} NOT INDEXED WHERE rowid = ?1", in_quotes(table.name));
}

std::string column_of_row(const TableShape& table, const ColumnShape& column) {
  return fmt::format("SELECT {} FROM {} NOT INDEXED WHERE rowid = ?1", in_quotes(column.name),
                     in_quotes(table.name));
}

std::string all_entries(const TableShape& table, const IndexShape& index, bool from_end) {
  return fmt::format("SELECT {} FROM {} INDEXED BY {} WHERE {}{}", keys_as(index),
                     in_quotes(table.name), in_quotes(index.name), condition_of(index),
                     from_end ? fmt::format(" ORDER BY {} DESC", index.keys.front()) : "");
}

std::string insert_into(const TableShape& table) {
  std::string values;
  for (std::size_t i = 1; i <= table.columns.size(); ++i) {
    values += fmt::format("{}?{}", i == 1 ? "" : ", ", i);
  }
  return fmt::format("INSERT INTO {} ({}) VALUES ({})", in_quotes(table.name), columns_of(table),
                     values);
}

std::string rows_not_in(const TableShape& table, const IndexShape& index) {
  return not_in(table, index, "rowid > ?1 AND rowid <= ?2");
}

std::string row_not_in(const TableShape& table, const IndexShape& index) {
  return not_in(table, index, "rowid = ?1");
}

std::string whole_row(const TableShape& table) {
  return fmt::format("SELECT rowid, {} FROM {} NOT INDEXED WHERE rowid = ?1", columns_of(table),
                     in_quotes(table.name));
}

std::string first_entries(const TableShape& table, const IndexShape& index) {
  return entries(table, index, "", 1);
}

EntriesAfter entries_after(const TableShape& table, const IndexShape& index,
                           std::span<const StoredValue> keys, std::int64_t row_id,
                           std::size_t alike) {
  EntriesAfter after;
  std::string where;
  for (std::size_t i = 0; i < alike; ++i) {
    after.values.push_back(keys[i]);
    where += fmt::format(" AND ({}) IS ?{}", index.keys[i], after.values.size());
  }
  if (alike == index.keys.size()) {
    after.values.emplace_back(row_id);
    where += fmt::format(" AND rowid > ?{}", after.values.size());
  } else if (std::holds_alternative<std::monostate>(keys[alike])) {
    where += fmt::format(" AND ({}) IS NOT NULL", index.keys[alike]);  // NULL comes first
  } else {
    after.values.push_back(keys[alike]);
    where += fmt::format(" AND ({}) > ?{}", index.keys[alike], after.values.size());
  }
  after.sql = entries(table, index, where, after.values.size() + 1);
  return after;
}

}  // namespace gatehouse::store::sqlite
