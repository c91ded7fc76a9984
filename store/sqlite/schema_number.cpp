#include "store/sqlite/schema_number.hpp"

#include <set>
#include <string>

namespace gatehouse::store::sqlite {
namespace {

using Texts = std::set<std::string>;

Result<Texts> schema_texts(Database& database) {
  Statement texts(database.handle(),
                  "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '')"
                  " FROM sqlite_schema LIMIT 1000");
  auto found = texts.all(read_text);
  if (!found) return propagate(std::move(found));
  return Texts(found->begin(), found->end());
}

}  // namespace

Result<std::optional<std::int64_t>> number_by_tables(Database& database, Migrations migrations) {
  const auto there = schema_texts(database);
  if (!there) return propagate(there);
  auto made = Database::open(":memory:", Access::create);
  if (!made) return propagate(std::move(made));
  for (std::size_t number = 0;; ++number) {
    const auto texts = schema_texts(*made);
    if (!texts) return propagate(texts);
    if (*texts == *there) return static_cast<std::int64_t>(number);
    if (number == migrations.size()) return std::nullopt;
    if (Result<> done = made->execute(std::string(migrations[number])); !done) {
      return propagate(std::move(done));
    }
  }
}

}  // namespace gatehouse::store::sqlite
