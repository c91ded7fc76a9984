#pragma once

#include <string>

#include "store/sqlite/statement.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store {

/// The bytes of a row at column `column`, whose SHA-256 is in the column after it. Remedy::repair:
/// they are not those that were recorded, and must not be used. A SHA-256 of NULL is of a row from
/// before there was one: such bytes are taken as they are.
[[nodiscard]] Result<std::string> checked_bytes(const sqlite::Rows& row, int column);

/// One damaged bit in the index of trips; SQLite does not compare.
inline constexpr const char* names_another_trip =
    "an index of the ledger names the row of another trip";

}  // namespace gatehouse::store
