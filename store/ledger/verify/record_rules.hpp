#pragma once

#include <span>
#include <string>
#include <string_view>

#include "store/sqlite/shape.hpp"
#include "store/sqlite/statement.hpp"

namespace gatehouse::store {

/// What is wrong with a row by itself: bytes that are not those that were recorded (a column beside
/// one that is called as it with `_sha256`), or a number that stands for a state, a kind or a
/// reason and that nobody has given a meaning. '' : nothing. `values` are those of `table.columns`.
[[nodiscard]] std::string flaw_in(const sqlite::TableShape& table,
                                  std::span<const sqlite::StoredValue> values);
/// The first of these alone: the name of the column with the bytes, ''.
[[nodiscard]] std::string changed_bytes_in(const sqlite::TableShape& table,
                                           std::span<const sqlite::StoredValue> values);
/// The second alone: the name of the column with the number, ''.
[[nodiscard]] std::string unknown_number_in(const sqlite::TableShape& table,
                                            std::span<const sqlite::StoredValue> values);

/// The value of a column; null where there is no such column.
[[nodiscard]] const sqlite::StoredValue* value_of(const sqlite::TableShape& table,
                                                  std::span<const sqlite::StoredValue> values,
                                                  std::string_view column);

/// How much of it there is to read.
[[nodiscard]] std::int64_t bytes_of(const sqlite::StoredValue& value);

}  // namespace gatehouse::store
