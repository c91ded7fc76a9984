#pragma once

#include <cstdint>
#include <optional>

#include "store/sqlite/database.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store::sqlite {

/// How many of `migrations` make exactly the tables and indexes that this file describes, 0 for an
/// empty one; nullopt: no number of them does, as in a file of a newer version. No two numbers make
/// the same, which a test holds. So where `PRAGMA user_version` is another number, nobody wrote
/// that: one bit makes 72 of 8. Changes nothing; costs milliseconds.
[[nodiscard]] Result<std::optional<std::int64_t>> number_by_tables(Database& database,
                                                                   Migrations migrations);

}  // namespace gatehouse::store::sqlite
