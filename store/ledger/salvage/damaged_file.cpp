#include "store/ledger/salvage/damaged_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

#include "store/sql/ledger_migrations.hpp"
#include "store/sqlite/schema_number.hpp"
#include "store/sqlite/walk_sql.hpp"

namespace gatehouse::store {
namespace {

constexpr std::int64_t first_id = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t last_id = std::numeric_limits<std::int64_t>::max();
/// More rows than a page has: behind the highest known id one page alone may be unreadable.
constexpr std::int64_t ids_in_a_page_max = 512;

template <class T>
bool is_damage(const Result<T>& result) {
  return !result && result.error().remedy != Remedy::retry;
}

/// What the schema of a ledger needs, and this file does not have, ''.
Result<std::string> lacking(sqlite::Database& database,
                            const std::vector<sqlite::TableShape>& tables) {
  sqlite::Statement names(database.handle(),
                          "SELECT name FROM sqlite_schema WHERE rootpage > 1 LIMIT 1000");
  auto found = names.all(sqlite::read_text);
  if (!found) return propagate(std::move(found));
  const std::set<std::string> there(found->begin(), found->end());
  for (const auto& table : tables) {
    if (!there.contains(table.name)) return table.name;
    for (const auto& index : table.indexes) {
      if (!there.contains(index.name)) return index.name;
    }
  }
  return "";
}

std::unexpected<Error> no_contents(const std::string& why) {
  return failure(Remedy::repair,
                 "its header or its table of contents is damaged, which says where the tables are: "
                 "this command cannot salvage it. Keep the file. A newer sqlite3 may: "
                 "`sqlite3 COPY .recover`, for somebody who knows the format. " +
                     why);
}

}  // namespace

Result<DamagedFile> DamagedFile::open(const std::filesystem::path& copy) {
  auto database = sqlite::Database::open(copy, sqlite::Access::create);
  if (!database) return propagate(std::move(database));
  Result<> set = database->execute(
      "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; PRAGMA writable_schema = ON;"
      "PRAGMA query_only = ON");
  if (!set) return propagate(std::move(set));
  // One transaction for all of it: a lock for each of the many small reads costs more than the
  // read.
  Result<> begun = database->execute("BEGIN");
  if (is_damage(begun)) return no_contents(begun.error().message);
  if (!begun) return propagate(std::move(begun));
  const auto said = database->integer("PRAGMA user_version");
  if (is_damage(said)) return no_contents(said.error().message);
  if (!said) return propagate(said);
  // One bit changes that number, and not the tables that go with it.
  const auto by_tables = sqlite::number_by_tables(*database, sql::ledger_migrations);
  if (is_damage(by_tables)) return no_contents(by_tables.error().message);
  if (!by_tables) return propagate(by_tables);
  const std::int64_t schema = by_tables->value_or(*said);
  if (schema < 1) return no_contents("It has no schema's number.");
  const auto known = std::ssize(sql::ledger_migrations);
  if (schema > known) {
    return failure(Remedy::repair,
                   fmt::format("its schema is number {}, and this version knows up to number {}",
                               schema, known));
  }
  auto tables = sqlite::shape_of(sql::ledger_migrations, static_cast<std::size_t>(schema));
  if (!tables) return propagate(std::move(tables));
  const auto missing = lacking(*database, *tables);
  if (is_damage(missing)) return no_contents(missing.error().message);
  if (!missing) return propagate(missing);
  if (!missing->empty()) return no_contents(fmt::format("It does not list {}.", *missing));
  // With a column or a condition that is another one the rows would be read as others.
  if (!*by_tables) return no_contents("It describes a table as no version of gatehouse does.");
  return DamagedFile(std::move(*database), std::move(*tables), schema);
}

/// Of one table.
struct DamagedFile::Search {
  const sqlite::TableShape& table;
  TakeRow& take;
  sqlite::Statement rows;
  sqlite::Statement is_there;
  std::vector<sqlite::Statement> columns;
  UnreadRows unread{};
  std::int64_t last = 0;  ///< the highest row that was come by

  void add_unread(std::int64_t row) {
    if (!unread.rows.empty() && unread.rows.back().last + 1 == row) {
      unread.rows.back().last = row;
    } else {
      unread.rows.push_back({row, row});
    }
  }
};

Result<> DamagedFile::read_between(Search& search, NumberRange wanted, bool halve) {
  std::vector<NumberRange> ahead;
  if (wanted.first <= wanted.last) ahead.push_back(wanted);
  while (!ahead.empty()) {
    NumberRange range = ahead.back();
    ahead.pop_back();
    bool is_unreadable = false;
    bool came_on = false;
    {
      sqlite::Rows rows = search.rows.query(range.first, range.last);
      while (true) {
        auto more = rows.next();
        if (!more && !is_damage(more)) return propagate(std::move(more));
        is_unreadable = !more || (*more && !range.holds(rows.integer(0)));
        if (is_unreadable || !*more) break;
        SalvagedRow row{.id = rows.integer(0)};
        for (int column = 1; column < rows.columns(); ++column) {
          row.values.push_back(rows.value(column));
        }
        const bool was_last = row.id == range.last;
        range.first = was_last ? range.last : row.id + 1;
        came_on = true;
        search.last = std::max(search.last, row.id);
        if (Result<> taken = search.take(std::move(row)); !taken) return taken;
        if (was_last) break;
      }
    }
    if (!is_unreadable) continue;
    if (!halve && !came_on) {
      search.unread.has_unread_end = true;
    } else if (range.first == range.last) {
      if (Result<> read = read_alone(search, range.first); !read) return read;
    } else if (came_on) {
      ahead.push_back(range);  // as far as it goes from here
    } else {
      const std::int64_t middle = range.first + (range.last - range.first) / 2;
      ahead.push_back({middle + 1, range.last});
      ahead.push_back({range.first, middle});
    }
  }
  return {};
}

/// Column by column: what lies on other pages than the beginning of the row may be damaged alone.
Result<> DamagedFile::read_alone(Search& search, std::int64_t row) {
  const auto there = search.is_there.first(sqlite::read_number, row);
  if (!there && !is_damage(there)) return propagate(there);
  if (!there) search.add_unread(row);
  if (!there || !*there) return {};
  SalvagedRow found{.id = row};
  for (std::size_t i = 0; i < search.columns.size(); ++i) {
    const auto read = [](const sqlite::Rows& rows) { return rows.value(0); };
    auto value = search.columns[i].first(read, row);
    if (!value && !is_damage(value)) return propagate(std::move(value));
    if (!value) found.unread.push_back(search.table.columns[i].name);
    found.values.push_back(value && *value ? std::move(**value) : sqlite::StoredValue{});
  }
  return search.take(std::move(found));
}

DamagedFile::Search DamagedFile::search_of(const sqlite::TableShape& table, TakeRow& take) {
  Search search{table,
                take,
                {database_.handle(), sqlite::rows_between(table)},
                {database_.handle(), sqlite::row_with(table)},
                {}};
  for (const auto& column : table.columns) {
    search.columns.emplace_back(database_.handle(), sqlite::column_of_row(table, column));
  }
  return search;
}

Result<> DamagedFile::read_each(const sqlite::TableShape& table,
                                const std::vector<std::int64_t>& rows, TakeRow take) {
  Search search = search_of(table, take);
  for (const std::int64_t row : rows) {
    if (Result<> read = read_alone(search, row); !read) return read;
  }
  return {};
}

Result<UnreadRows> DamagedFile::read(const sqlite::TableShape& table, std::int64_t highest,
                                     TakeRow take) {
  Search search = search_of(table, take);
  Result<> read = read_between(search, {first_id, 0}, false);
  search.unread.has_unread_end = false;  // no table of ours has such ids
  if (read) read = read_between(search, {1, highest}, true);
  if (read) read = read_between(search, {highest + 1, last_id}, false);
  if (read && search.unread.has_unread_end) {
    const std::size_t known = search.unread.rows.size();
    const std::int64_t known_to = std::max(highest, search.last);  // those behind it are taken
    if (known_to < last_id - ids_in_a_page_max) {
      read = read_between(search, {known_to + 1, known_to + ids_in_a_page_max}, true);
    }
    // That nothing can be read there says nothing of whether there was anything.
    search.unread.rows.resize(std::min(known, search.unread.rows.size()));
  }
  if (!read) return propagate(std::move(read));
  return std::move(search.unread);
}

Result<> DamagedFile::entries(const sqlite::TableShape& table, const sqlite::IndexShape& index,
                              TakeEntry take) {
  for (const bool from_end : {false, true}) {
    sqlite::Statement all(database_.handle(), sqlite::all_entries(table, index, from_end));
    sqlite::Rows rows = all.query();
    while (true) {
      auto more = rows.next();
      if (!more && !is_damage(more)) return propagate(std::move(more));
      if (!more) break;
      if (!*more) return {};
      sqlite::StoredValues keys;
      for (int column = 1; column < rows.columns(); ++column) keys.push_back(rows.value(column));
      take(rows.integer(0), std::move(keys));
    }
  }
  return {};
}

Result<std::vector<std::int64_t>> DamagedFile::rows_not_in(const sqlite::TableShape& table,
                                                           const sqlite::IndexShape& index,
                                                           std::int64_t highest) {
  constexpr std::int64_t at_once = 256;
  sqlite::Statement missing(database_.handle(), sqlite::rows_not_in(table, index));
  std::vector<std::int64_t> found;
  for (std::int64_t after = 0; after < highest; after += at_once) {
    auto some = missing.all(sqlite::read_number, after, after + at_once);
    if (is_damage(some)) some = rows_one_by_one(table, index, after, after + at_once);
    if (!some) return propagate(std::move(some));
    std::ranges::copy(*some, std::back_inserter(found));
  }
  return found;
}

Result<std::vector<std::int64_t>> DamagedFile::rows_one_by_one(const sqlite::TableShape& table,
                                                               const sqlite::IndexShape& index,
                                                               std::int64_t after,
                                                               std::int64_t last) {
  sqlite::Statement missing(database_.handle(), sqlite::row_not_in(table, index));
  std::vector<std::int64_t> found;
  for (std::int64_t id = after + 1; id <= last; ++id) {
    const auto row = missing.first(sqlite::read_number, id);
    if (is_damage(row)) continue;  // what cannot be read is told of by read()
    if (!row) return propagate(row);
    if (*row) found.push_back(id);
  }
  return found;
}

std::int64_t DamagedFile::pages() {
  return database_.integer("PRAGMA page_count").value_or(0);
}

Result<std::int64_t> DamagedFile::last_row(const sqlite::TableShape& table) {
  sqlite::Statement last(database_.handle(), sqlite::last_row(table));
  const auto found = last.first(sqlite::read_number);
  if (is_damage(found)) return 0;
  if (!found) return propagate(found);
  return found->value_or(0);
}

std::int64_t DamagedFile::given_up_to(const sqlite::TableShape& table) {
  sqlite::Statement given(database_.handle(), "SELECT seq FROM sqlite_sequence WHERE name = ?1");
  const auto found = given.first(sqlite::read_number, std::string_view(table.name));
  return found ? std::max<std::int64_t>(found->value_or(0), 0) : 0;
}

}  // namespace gatehouse::store
