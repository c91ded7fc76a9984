#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "store/ledger/records/number_range.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/shape.hpp"
#include "store/sqlite/statement.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store {

/// What could be read of a row.
struct SalvagedRow {
  std::int64_t id = 0;
  sqlite::StoredValues values{};      ///< of all columns; NULL where it could not be read
  std::vector<std::string> unread{};  ///< those columns
};
/// Takes a row. An error ends the reading: it is of the file that is written.
using TakeRow = std::move_only_function<Result<>(SalvagedRow row)>;

/// What could not be read of a table, through its own tree.
struct UnreadRows {
  std::vector<NumberRange> rows{};  ///< row ids under which nothing can be read, there or not
  bool has_unread_end = false;      ///< behind the highest row id that anything tells of
};

/// Reads a damaged database that nobody else has open, around what is damaged: SQLite itself says
/// which rows it cannot give, by halving the row ids around an error; and each index is read on its
/// own, from both of its ends. What SQLite does not notice (a page in the wrong place) shows where
/// the two disagree.
///
/// Errors of Remedy::retry end a reading: they are of the disk, which is another one than that of
/// the original.
class DamagedFile {
 public:
  /// Remedy::repair: its header or its table of contents cannot be read, or it is no ledger, or one
  /// of a newer version; the message says which.
  [[nodiscard]] static Result<DamagedFile> open(const std::filesystem::path& copy);

  /// How long it is; 0: that cannot be read.
  [[nodiscard]] std::int64_t pages();
  /// How many migrations it has seen.
  [[nodiscard]] std::int64_t schema() const { return schema_; }
  [[nodiscard]] const std::vector<sqlite::TableShape>& tables() const { return tables_; }

  /// The rows of `table`, each once, in the order of their ids. `highest` is the highest that
  /// anything else tells of: behind it nothing is searched for around damage.
  [[nodiscard]] Result<UnreadRows> read(const sqlite::TableShape& table, std::int64_t highest,
                                        TakeRow take);
  /// Rows that something else names and read() has not come by, each by its id.
  [[nodiscard]] Result<> read_each(const sqlite::TableShape& table,
                                   const std::vector<std::int64_t>& rows, TakeRow take);
  /// Gives `take` all entries of an index that can be read: the row that they name, and the keys.
  /// Some twice, where it is damaged.
  using TakeEntry = std::move_only_function<void(std::int64_t row, sqlite::StoredValues keys)>;
  [[nodiscard]] Result<> entries(const sqlite::TableShape& table, const sqlite::IndexShape& index,
                                 TakeEntry take);
  /// Rows that should be in an index, with these keys, and are not: one of the two is damaged. A
  /// row that cannot be read, or whose place in the index cannot, is not among them.
  [[nodiscard]] Result<std::vector<std::int64_t>> rows_not_in(const sqlite::TableShape& table,
                                                              const sqlite::IndexShape& index,
                                                              std::int64_t highest);
  /// The highest row id that the table itself has; 0: there is none, or its end cannot be read.
  [[nodiscard]] Result<std::int64_t> last_row(const sqlite::TableShape& table);
  /// The highest row id that was ever given in this table, as far as that is on record; 0: it is
  /// not, or cannot be read.
  [[nodiscard]] std::int64_t given_up_to(const sqlite::TableShape& table);

 private:
  DamagedFile(sqlite::Database database, std::vector<sqlite::TableShape> tables,
              std::int64_t schema)
      : database_(std::move(database)), tables_(std::move(tables)), schema_(schema) {}

  struct Search;
  [[nodiscard]] Search search_of(const sqlite::TableShape& table, TakeRow& take);
  [[nodiscard]] Result<> read_between(Search& search, NumberRange rows, bool halve);
  [[nodiscard]] Result<> read_alone(Search& search, std::int64_t row);
  /// rows_not_in() of the rows behind `after` up to `last`, around damage.
  [[nodiscard]] Result<std::vector<std::int64_t>> rows_one_by_one(const sqlite::TableShape& table,
                                                                  const sqlite::IndexShape& index,
                                                                  std::int64_t after,
                                                                  std::int64_t last);

  sqlite::Database database_;
  std::vector<sqlite::TableShape> tables_;
  std::int64_t schema_;
};

}  // namespace gatehouse::store
