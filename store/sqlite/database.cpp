#include "store/sqlite/database.hpp"

#include <fmt/format.h>

#include "store/sqlite/native.hpp"
#include "store/values/disk_time.hpp"

namespace gatehouse::store::sqlite {

void Database::Close::operator()(sqlite3* connection) const noexcept {
  const DiskCall disk;  // the last one to close checkpoints
  sqlite3_close_v2(connection);
}

namespace {

/// Each savepoint remembers the pages it may have to put back. SQLite keeps the first 64 KiB of
/// them in memory and then writes every one into a temporary file, for as long as the connection
/// lives: twenty writes for each cart. All of them stay in memory instead; what one group commit
/// touches bounds them. A threshold would be taken from the heap as one block of that size, anew in
/// every transaction.
constexpr int savepoint_memory_without_threshold = -1;

}  // namespace

void configure_once() {
  [[maybe_unused]] static const bool configured = [] {
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, savepoint_memory_without_threshold);
    // Nobody reads how much memory SQLite has: counting it takes one lock for each piece, which the
    // gate's thread and the ledger's would share.
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return true;
  }();
}

Result<Database> Database::open(const std::filesystem::path& file, Access access,
                                milliseconds busy_timeout, Sharing sharing) {
  const int flags =
      access == Access::create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  configure_once();
  const DiskCall disk;
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &connection,
                                   flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                   sharing == Sharing::threads ? "unix-excl" : nullptr);
  Database database(connection);
  if (code != SQLITE_OK) {
    return std::unexpected(to_error(connection, code).with_context("opening " + file.string()));
  }
  sqlite3_busy_timeout(connection, static_cast<int>(busy_timeout.count()));
  return database;
}

Result<> Database::execute(const std::string& sql) {
  const DiskCall disk;
  const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(to_error(handle(), code));
  return {};
}

Result<> Database::use_write_ahead_log() {
  Statement statement(handle(), "PRAGMA journal_mode = WAL");
  // All of it: the row comes before the commit, and what that fails with after it.
  auto mode = statement.all(read_text);
  if (!mode) return propagate(std::move(mode));
  if (*mode == std::vector<std::string>{"wal"}) return {};
  return failure(Remedy::repair,
                 fmt::format("{}: its file system has no shared memory, which a write-ahead log "
                             "needs: put the state folder on a local disk",
                             file().string()));
}

std::filesystem::path Database::file() const {
  return sqlite3_db_filename(handle(), "main");
}

Result<> Database::checkpoint() {
  const DiskCall disk;
  int frames = 0;
  int copied = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(handle(), "main", SQLITE_CHECKPOINT_TRUNCATE, &frames, &copied);
  // Busy with all frames copied: only the emptying was kept from us, by a reader.
  if (code == SQLITE_OK || (code == SQLITE_BUSY && frames >= 0 && frames == copied)) return {};
  return std::unexpected(to_error(handle(), code).with_context("checkpointing"));
}

Result<> Database::copy_log() {
  const DiskCall disk;
  const int code =
      sqlite3_wal_checkpoint_v2(handle(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  // Busy: another connection is copying it.
  if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) return {};
  return std::unexpected(to_error(handle(), code).with_context("checkpointing"));
}

Result<std::string> Database::header_in_file() {
  const DiskCall disk;
  constexpr std::size_t header_size = 100;
  sqlite3_file* file = nullptr;
  int code = sqlite3_file_control(handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  std::string bytes(header_size, '\0');
  if (code == SQLITE_OK) {
    code = file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), 0);
  }
  if (code == SQLITE_IOERR_SHORT_READ) return "";
  if (code != SQLITE_OK) return std::unexpected(to_error(handle(), code));
  return bytes;
}

Result<std::int64_t> Database::schema_in_file() {
  constexpr std::size_t schema_at = 60;
  const auto header = header_in_file();
  if (!header) return propagate(header);
  if (header->empty()) return 0;
  std::int64_t schema = 0;
  for (const char c : header->substr(schema_at, sizeof(std::uint32_t))) {
    schema = schema * 256 + static_cast<unsigned char>(c);
  }
  return schema;
}

Result<std::int64_t> Database::integer(std::string sql) {
  Statement statement(handle(), std::move(sql));
  auto value = statement.first(read_number);
  if (!value) return propagate(std::move(value));
  return value->value_or(0);
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(handle());
}

std::int64_t Database::total_changes() const {
  return sqlite3_total_changes64(handle());
}

std::int64_t Database::last_insert_id() const {
  return sqlite3_last_insert_rowid(handle());
}

bool Database::is_read_only() const {
  return sqlite3_db_readonly(handle(), "main") == 1;
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(handle()) == 0;
}

std::int64_t Database::steps() const {
  std::int64_t steps = 0;
  for (sqlite3_stmt* each = sqlite3_next_stmt(handle(), nullptr); each != nullptr;
       each = sqlite3_next_stmt(handle(), each)) {
    steps += sqlite3_stmt_status(each, SQLITE_STMTSTATUS_VM_STEP, 0);
  }
  return steps;
}

bool Database::found_damage() const {
  const int code = sqlite3_errcode(handle()) & 0xff;
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

bool Database::failed_to_read() const {
  const int code = sqlite3_extended_errcode(handle());
  return code == SQLITE_IOERR_READ || code == SQLITE_IOERR_SHORT_READ ||
         code == SQLITE_IOERR_CORRUPTFS;
}

}  // namespace gatehouse::store::sqlite
