#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "store/space/lack_of_space.hpp"
#include "store/sqlite/native.hpp"

namespace gatehouse::store::sqlite {
namespace {

#define NAMED(code)               \
  std::pair {                     \
    code, std::string_view(#code) \
  }
constexpr std::array code_names{
    NAMED(SQLITE_ERROR),
    NAMED(SQLITE_INTERNAL),
    NAMED(SQLITE_PERM),
    NAMED(SQLITE_ABORT),
    NAMED(SQLITE_BUSY),
    NAMED(SQLITE_BUSY_RECOVERY),
    NAMED(SQLITE_BUSY_SNAPSHOT),
    NAMED(SQLITE_LOCKED),
    NAMED(SQLITE_NOMEM),
    NAMED(SQLITE_READONLY),
    NAMED(SQLITE_READONLY_RECOVERY),
    NAMED(SQLITE_READONLY_CANTLOCK),
    NAMED(SQLITE_READONLY_DBMOVED),
    NAMED(SQLITE_READONLY_CANTINIT),
    NAMED(SQLITE_READONLY_DIRECTORY),
    NAMED(SQLITE_INTERRUPT),
    NAMED(SQLITE_IOERR),
    NAMED(SQLITE_IOERR_READ),
    NAMED(SQLITE_IOERR_SHORT_READ),
    NAMED(SQLITE_IOERR_WRITE),
    NAMED(SQLITE_IOERR_FSYNC),
    NAMED(SQLITE_IOERR_DIR_FSYNC),
    NAMED(SQLITE_IOERR_TRUNCATE),
    NAMED(SQLITE_IOERR_FSTAT),
    NAMED(SQLITE_IOERR_UNLOCK),
    NAMED(SQLITE_IOERR_RDLOCK),
    NAMED(SQLITE_IOERR_DELETE),
    NAMED(SQLITE_IOERR_NOMEM),
    NAMED(SQLITE_IOERR_ACCESS),
    NAMED(SQLITE_IOERR_LOCK),
    NAMED(SQLITE_IOERR_CLOSE),
    NAMED(SQLITE_IOERR_SHMOPEN),
    NAMED(SQLITE_IOERR_SHMSIZE),
    NAMED(SQLITE_IOERR_SHMLOCK),
    NAMED(SQLITE_IOERR_SHMMAP),
    NAMED(SQLITE_IOERR_SEEK),
    NAMED(SQLITE_IOERR_MMAP),
    NAMED(SQLITE_IOERR_CORRUPTFS),
    NAMED(SQLITE_CORRUPT),
    NAMED(SQLITE_CORRUPT_INDEX),
    NAMED(SQLITE_FULL),
    NAMED(SQLITE_CANTOPEN),
    NAMED(SQLITE_CANTOPEN_ISDIR),
    NAMED(SQLITE_CANTOPEN_SYMLINK),
    NAMED(SQLITE_PROTOCOL),
    NAMED(SQLITE_SCHEMA),
    NAMED(SQLITE_TOOBIG),
    NAMED(SQLITE_CONSTRAINT),
    NAMED(SQLITE_CONSTRAINT_CHECK),
    NAMED(SQLITE_CONSTRAINT_FOREIGNKEY),
    NAMED(SQLITE_CONSTRAINT_NOTNULL),
    NAMED(SQLITE_CONSTRAINT_PRIMARYKEY),
    NAMED(SQLITE_CONSTRAINT_UNIQUE),
    NAMED(SQLITE_CONSTRAINT_DATATYPE),
    NAMED(SQLITE_MISMATCH),
    NAMED(SQLITE_MISUSE),
    NAMED(SQLITE_AUTH),
    NAMED(SQLITE_RANGE),
    NAMED(SQLITE_NOTADB),
};
#undef NAMED

struct Meaning {
  Remedy remedy;
  std::string_view what_to_do;
};

/// Of a file that could not be opened: the disk, or the process, and not the file.
bool is_passing(int system_error) {
  switch (system_error) {
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EROFS:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return true;
    default:
      return false;
  }
}

Meaning meaning(int code, int system_error) {
  if ((code & 0xff) == SQLITE_CANTOPEN && is_passing(system_error)) {
    return {Remedy::retry,
            "it could not be opened now: look for free space, and for disk errors in 'journalctl "
            "-k'"};
  }
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {Remedy::retry, "the disk is full: free some space"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return {Remedy::retry, "another program holds the database: close it"};
    case SQLITE_IOERR:
      return {Remedy::retry,
              "the disk cannot be read or written: look for disk errors in "
              "'journalctl -k', and for free space"};
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT:
    case SQLITE_ABORT:
      return {Remedy::retry, "it could not be finished now"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Remedy::repair,
              "the file is damaged: keep a copy of it with its -wal and -shm, then restore or "
              "salvage it"};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return {Remedy::repair,
              "it cannot be opened for this use: the folder must exist, and file "
              "and folder must belong to the user that gatehoused runs as"};
    case SQLITE_TOOBIG:
      return {Remedy::reject, "a value is larger than the database takes"};
    default:
      return {Remedy::repair, "this is a defect of gatehoused: report it with this line"};
  }
}

std::string_view file_name(sqlite3* connection) {
  const char* name = connection != nullptr ? sqlite3_db_filename(connection, "main") : nullptr;
  return name != nullptr && *name != '\0' ? name : "database";
}

}  // namespace

std::string code_name(int code) {
  for (const auto& [known, name] : code_names) {
    if (known == code) return std::string(name);
  }
  return fmt::format("SQLITE {}", code);
}

Error to_error(sqlite3* connection, int code) {
  // The code at hand may be older than the connection's last call, and then its text is not ours.
  const bool last = connection != nullptr && sqlite3_extended_errcode(connection) == code;
  const int number = last ? sqlite3_system_errno(connection) : 0;
  // SQLite knows ENOSPC alone by a name of its own.
  if ((code & 0xff) == SQLITE_FULL) {
    note_lack_of_space();
  } else {
    note_failed_call(number);
  }
  const Meaning means = meaning(code, number);
  std::string detail = last ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  if (number != 0) detail += fmt::format(", {}", std::strerror(number));
  return {means.remedy, fmt::format("{}: {} ({}: {})", file_name(connection), means.what_to_do,
                                    code_name(code), detail)};
}

}  // namespace gatehouse::store::sqlite
