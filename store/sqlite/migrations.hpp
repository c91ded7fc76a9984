#pragma once

#include <span>
#include <string_view>

#include "store/sqlite/database.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store::sqlite {

/// The SQL of each migration, number 1 first. `PRAGMA user_version` counts those that were applied.
using Migrations = std::span<const std::string_view>;

/// What becomes of the log, also where nothing is missing.
enum class LogAfter {
  emptied,  ///< Database::checkpoint(). Remedy::retry: a reader of an older state is in the way
  copied,   ///< Database::copy_log(), where the file has the schema's number already: then nobody
            ///< is asked to leave
};

/// Applies what is missing, each migration in one transaction of its own with its number. On
/// success the number is in the file's own header (bytes 60 to 63, big-endian), where what takes a
/// package back reads it without SQLite. A file with a newer schema is left as it is and refused
/// with Remedy::repair.
[[nodiscard]] Result<> migrate(Database& database, Migrations migrations,
                               LogAfter log = LogAfter::emptied);

/// Refuses a schema that is not exactly the one known here (Remedy::repair); changes nothing.
[[nodiscard]] Result<> require_current(Database& database, Migrations migrations);

/// Refuses a newer schema than is known here (Remedy::repair); changes nothing.
[[nodiscard]] Result<> refuse_newer(Database& database, Migrations migrations);

}  // namespace gatehouse::store::sqlite
