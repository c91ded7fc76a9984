#pragma once

// The only file that includes sqlite3.h, for the .cpp files of this folder and the disk of the
// tests (tests/store/disk/). Everyone else sees the types of database.hpp and statement.hpp.
#include <sqlite3.h>

#include "store/values/result.hpp"

namespace gatehouse::store::sqlite {

/// What `code` (an extended result code) of the last call on `connection` means for the caller:
/// busy, disk full and I/O errors are Remedy::retry, also where a file cannot be opened for them;
/// damage, rights and defects Remedy::repair.
/// `connection` may be null where none could be opened. Want of space is noted (lack_of_space.hpp).
[[nodiscard]] Error to_error(sqlite3* connection, int code);

/// What is set for the whole process, before SQLite is used first. Where somebody else was first,
/// nothing changes but the speed.
void configure_once();

/// "SQLITE_IOERR_FSYNC" for 1034, "SQLITE 9999" for what is not listed.
[[nodiscard]] std::string code_name(int code);

}  // namespace gatehouse::store::sqlite
