#include "tests/store/disk/image.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "store/sqlite/statement.hpp"

namespace gatehouse::store {
namespace {

std::string first_column(const sqlite::Rows& row) {
  return row.string(0);
}

Result<std::vector<std::string>> list(sqlite::Database& database, std::string sql) {
  sqlite::Statement statement(database.handle(), std::move(sql));
  return statement.all(first_column);
}

/// Of one program there is one schema, so it is asked for once.
Result<std::string> select_of(sqlite::Database& database, const std::string& table) {
  static std::map<std::string, std::string> known;
  if (const auto found = known.find(table); found != known.end()) return found->second;
  auto columns = list(database, fmt::format("SELECT 'quote(' || name || ')' FROM"
                                            " pragma_table_info('{}') ORDER BY cid",
                                            table));
  if (!columns) return propagate(std::move(columns));
  return known[table] = fmt::format("SELECT '{} ' || {} FROM {} ORDER BY 1", table,
                                    fmt::join(*columns, " || ' ' || "), table);
}

}  // namespace

Result<Image> image_of(sqlite::Database& database, const std::vector<std::string>& passed_over) {
  auto tables = list(database, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
  if (!tables) return tables;
  Image image;
  for (const std::string& table : *tables) {
    if (std::ranges::find(passed_over, table) != passed_over.end()) continue;
    const auto select = select_of(database, table);
    if (!select) return propagate(select);
    auto rows = list(database, *select);
    if (!rows) return rows;
    std::ranges::move(*rows, std::back_inserter(image));
  }
  return image;
}

Result<std::string> integrity_of(sqlite::Database& database) {
  auto said = list(database, "PRAGMA integrity_check(1)");
  if (!said) return propagate(std::move(said));
  return said->empty() ? "nothing" : said->front();
}

std::string missing_in(const Image& has, const Image& wanted) {
  Image sorted_has = has;
  Image sorted_wanted = wanted;
  std::ranges::sort(sorted_has);
  std::ranges::sort(sorted_wanted);
  Image missing;
  std::ranges::set_difference(sorted_wanted, sorted_has, std::back_inserter(missing));
  if (missing.size() > 3) missing.resize(3);
  return fmt::format("{}", fmt::join(missing, " | "));
}

}  // namespace gatehouse::store
