#pragma once

#include <filesystem>

#include "store/values/result.hpp"

namespace gatehouse::store::sqlite {

/// Has the write-ahead log of this database on the disk as it is read now: writes the bytes that
/// are in it once more, and syncs them. A kernel may have kept pages that the disk refused, and
/// call them written: a process that dies after a failed sync leaves a log that can be read and is
/// not on the disk. What would be appended to it could be lost with the power, though it was synced
/// itself, for a log is read from its beginning to the first frame that is none.
///
/// Before this process opens the database, and once: then what SQLite finds in the log is on the
/// disk, whoever reads beside it. Other programs may have the database open, but must not write to
/// it meanwhile. Nothing happens where there is no log. Remedy::retry: the disk does not give or
/// take it now.
[[nodiscard]] Result<> renew_log(const std::filesystem::path& database_file);

}  // namespace gatehouse::store::sqlite
