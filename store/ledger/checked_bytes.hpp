#pragma once

#include <string>

#include "store/sqlite/statement.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store {

/// The bytes of a row at column `column`, whose SHA-256 is in the column after it. Remedy::repair:
/// they are not those that were recorded, and must not be used. A SHA-256 of NULL is of a row from
/// before there was one: such bytes are taken as they are.
[[nodiscard]] Result<std::string> checked_bytes(const sqlite::Rows& row, int column);

}  // namespace gatehouse::store
