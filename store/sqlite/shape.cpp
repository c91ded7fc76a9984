#include "store/sqlite/shape.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "store/values/text/ascii.hpp"

namespace gatehouse::store::sqlite {
namespace {

struct Named {
  std::string name;
  std::string sql;
};

/// Where the list in parentheses that begins at `open` ends; npos: it does not.
std::size_t closing(std::string_view sql, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < sql.size(); ++at) {
    if (sql[at] == '(') ++depth;
    if (sql[at] == ')' && --depth == 0) return at;
  }
  return std::string_view::npos;
}

/// The parts of a list between commas that are in no parentheses.
std::vector<std::string> parts_of(std::string_view list) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char letter : list) {
    if (letter == '(') ++depth;
    if (letter == ')') --depth;
    if (letter == ',' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += letter;
    }
  }
  for (std::string& part : parts) part = std::string(trimmed(part));
  return parts;
}

/// "CREATE INDEX name ON table (keys) WHERE condition".
IndexShape index_in(const Named& index) {
  IndexShape shape{.name = index.name};
  const std::string_view sql = index.sql;
  const std::size_t open = sql.find('(');
  const std::size_t close = open == std::string_view::npos ? open : closing(sql, open);
  if (close == std::string_view::npos) return shape;
  shape.keys = parts_of(sql.substr(open + 1, close - open - 1));
  constexpr std::string_view where = "WHERE";
  const std::size_t condition = sql.find(where, close);
  if (condition != std::string_view::npos) {
    shape.condition = std::string(trimmed(sql.substr(condition + where.size())));
  }
  return shape;
}

Named read_named(const Rows& row) {
  return {row.string(0), row.string(1)};
}

ColumnShape read_column(const Rows& row) {
  return {row.string(0), row.string(1), row.integer(2) != 0,
          row.integer(3) != 0 && row.text(1) == "INTEGER"};
}

Result<TableShape> table_named(Database& database, std::string name) {
  TableShape table{.name = std::move(name)};
  const std::string_view of = table.name;
  Statement columns(database.handle(),
                    "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1) ORDER BY cid");
  auto found = columns.all(read_column, of);
  if (!found) return propagate(std::move(found));
  table.columns = std::move(*found);
  Statement indexes(database.handle(),
                    "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1");
  auto named = indexes.all(read_named, of);
  if (!named) return propagate(std::move(named));
  // What UNIQUE and PRIMARY KEY make has no text.
  Statement keys(database.handle(), "SELECT name FROM pragma_index_info(?1) ORDER BY seqno");
  for (const Named& each : *named) {
    table.indexes.push_back(index_in(each));
    if (!each.sql.empty()) continue;
    auto columns_of_key = keys.all(read_text, std::string_view(each.name));
    if (!columns_of_key) return propagate(std::move(columns_of_key));
    table.indexes.back().keys = std::move(*columns_of_key);
  }
  return table;
}

}  // namespace

std::string in_quotes(std::string_view name) {
  return "\"" + std::string(name) + "\"";
}

Result<std::vector<TableShape>> shape_of(Migrations migrations, std::size_t count) {
  auto database = Database::open(":memory:", Access::create);
  if (!database) return propagate(std::move(database));
  for (const std::string_view each : migrations.first(std::min(count, migrations.size()))) {
    if (Result<> made = database->execute(std::string(each)); !made) return propagate(made);
  }
  Statement names(database->handle(),
                  "SELECT name FROM sqlite_schema WHERE type = 'table'"
                  " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid");
  auto named = names.all(read_text);
  if (!named) return propagate(std::move(named));
  std::vector<TableShape> tables;
  for (std::string& name : *named) {
    auto table = table_named(*database, std::move(name));
    if (!table) return propagate(std::move(table));
    tables.push_back(std::move(*table));
  }
  return tables;
}

}  // namespace gatehouse::store::sqlite
