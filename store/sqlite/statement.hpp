#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "store/values/result.hpp"
#include "store/values/time.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace gatehouse::store::sqlite {

inline constexpr const char* unknown_number =
    "a row has a number in it that nobody wrote: the file is damaged";

/// Bytes that are bound as a BLOB; a plain string_view is bound as TEXT.
struct Blob {
  std::string_view bytes;
};

/// A value as it is stored, for what goes through tables without knowing their columns. No column
/// of ours has a number that is not whole: where damage has made one, it is read as text.
struct StoredBlob {
  std::string bytes;
  bool operator==(const StoredBlob&) const = default;
};
using StoredValue = std::variant<std::monostate, std::int64_t, std::string, StoredBlob>;
using StoredValues = std::vector<StoredValue>;

/// A statement of a .sql file under the name that it has there, made by embed_statements()
/// (cmake/embed_sql.cmake).
struct NamedStatement {
  const char* name;
  const char* text;
};
/// What a number is called in such a file: {settlement.held} is SettlementState::held.
struct NamedNumber {
  std::string_view name;
  std::int64_t number = 0;
};

/// One execution of a query: steps through its rows, and resets the statement when it goes, so
/// that no lock outlives it. Columns count from 0; views are valid until the next next().
class Rows {
 public:
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  /// True: there is a row, and the column functions read it. False: that was all.
  [[nodiscard]] Result<bool> next();

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string_view blob(int column) const;

  /// Of whatever type it is.
  [[nodiscard]] StoredValue value(int column) const;
  [[nodiscard]] int columns() const;

  [[nodiscard]] std::string string(int column) const { return std::string(text(column)); }
  [[nodiscard]] WallTime time(int column) const { return from_unix_ms(integer(column)); }
  [[nodiscard]] std::optional<WallTime> optional_time(int column) const {
    return is_null(column) ? std::nullopt : std::optional(time(column));
  }
  /// What the number there means. Where the enumeration says which numbers it has (numbers_of()),
  /// another one is damage: first() and all() give an error (Remedy::repair) instead of the row.
  template <class Enumeration>
  [[nodiscard]] Enumeration enumeration(int column) const {
    const std::int64_t number = integer(column);
    const auto value = static_cast<Enumeration>(number);
    if constexpr (requires { numbers_of(value); }) {
      has_unknown_number_ = has_unknown_number_ || !numbers_of(value).holds(number);
    }
    return value;
  }
  [[nodiscard]] bool has_unknown_number() const { return has_unknown_number_; }

 private:
  friend class Statement;
  Rows(sqlite3_stmt* statement, std::optional<Error> refused)
      : statement_(statement), refused_(std::move(refused)) {}

  sqlite3_stmt* statement_;
  std::optional<Error> refused_;  ///< preparing or binding failed: next() says so
  mutable bool has_unknown_number_ = false;
};

// For Statement::first() and all(), where a row has one column.
[[nodiscard]] inline std::int64_t read_number(const Rows& row) {
  return row.integer(0);
}
[[nodiscard]] inline std::optional<WallTime> read_time(const Rows& row) {
  return row.optional_time(0);
}
[[nodiscard]] inline std::string read_text(const Rows& row) {
  return row.string(0);
}

/// One SQL statement, prepared at its first use and then kept. Values are bound to ?1, ?2, … in
/// order: integers, enumerations, WallTime, string_view (TEXT), Blob, and optionals of these.
/// They are bound without a copy: what they view must outlive the call or the Rows.
/// A statement has one execution at a time, on its connection's thread.
class Statement {
 public:
  /// The connection must outlive the statement.
  Statement(sqlite3* connection, std::string sql) : connection_(connection), sql_(std::move(sql)) {}
  Statement(sqlite3* connection, const NamedStatement& named)
      : Statement(connection, std::string(named.text)) {}

  /// Prepares now what the first use would prepare, so that a wrong schema shows at open.
  [[nodiscard]] Result<> prepare();

  /// Executes a statement whose rows do not matter.
  template <class... Values>
  [[nodiscard]] Result<> run(const Values&... values) {
    Rows rows = query(values...);
    if (Result<bool> row = rows.next(); !row) return propagate(std::move(row));
    return {};
  }

  template <class... Values>
  [[nodiscard]] Rows query(const Values&... values) {
    int code = 0;
    if (Result<> prepared = prepare(); !prepared) return {nullptr, std::move(prepared.error())};
    int index = 0;
    (void)((code = bind(++index, values), code == 0) && ...);
    return {statement_.get(), code == 0 ? std::nullopt : std::optional(bind_error(code))};
  }

  /// As query(), with values that outlive the Rows.
  [[nodiscard]] Rows query_with(std::span<const StoredValue> values);

  /// The first row as `read` (const Rows& -> T) sees it; nullopt where there is none. Not for what
  /// writes outside of a transaction: its commit comes after the last row, and fails unheard.
  template <class Read, class... Values>
  [[nodiscard]] auto first(const Read& read, const Values&... values)
      -> Result<std::optional<std::invoke_result_t<Read, const Rows&>>> {
    Rows rows = query(values...);
    Result<bool> row = rows.next();
    if (!row) return propagate(std::move(row));
    if (!*row) return std::nullopt;
    auto found = read(rows);
    if (rows.has_unknown_number()) return failure(Remedy::repair, unknown_number);
    return found;
  }

  /// Every row as `read` sees it. The statement must have a limit of its own.
  template <class Read, class... Values>
  [[nodiscard]] auto all(const Read& read, const Values&... values)
      -> Result<std::vector<std::invoke_result_t<Read, const Rows&>>> {
    std::vector<std::invoke_result_t<Read, const Rows&>> found;
    Rows rows = query(values...);
    while (true) {
      Result<bool> row = rows.next();
      if (!row) return propagate(std::move(row));
      if (!*row) return found;
      found.push_back(read(rows));
      if (rows.has_unknown_number()) return failure(Remedy::repair, unknown_number);
    }
  }

 private:
  int bind(int index, std::nullopt_t);
  int bind(int index, std::string_view text);
  int bind(int index, Blob blob);
  int bind_value(int index, const StoredValue& value);
  int bind_integer(int index, std::int64_t value);
  int bind(int index, WallTime time) { return bind_integer(index, to_unix_ms(time)); }
  template <class Number>
    requires std::integral<Number> || std::is_enum_v<Number>
  int bind(int index, Number value) {
    return bind_integer(index, static_cast<std::int64_t>(value));
  }
  template <class Value>
  int bind(int index, const std::optional<Value>& value) {
    return value ? bind(index, *value) : bind(index, std::nullopt);
  }
  [[nodiscard]] Error bind_error(int code) const;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  sqlite3* connection_;
  std::string sql_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace gatehouse::store::sqlite
