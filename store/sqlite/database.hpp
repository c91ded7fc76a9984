#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "store/sqlite/statement.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store::sqlite {

enum class Access {
  create,     ///< read and write, made where it does not exist
  read_only,  ///< must exist
};

/// Who may have the file open at a time.
enum class Sharing {
  processes,  ///< any program, so the index of the write-ahead log is a file beside it
  threads,  ///< this process alone: that index is in memory, and opening needs no space on the disk
};

/// One connection to one database file. Closed when it goes, which must be after its statements.
/// Not thread-safe, and it has no locks of its own: one thread at a time uses it.
class Database {
 public:
  /// A call that finds the file locked by another connection waits up to `busy_timeout`, then
  /// fails with Remedy::retry. Damage shows at the first read, not here.
  [[nodiscard]] static Result<Database> open(const std::filesystem::path& file, Access access,
                                             milliseconds busy_timeout = milliseconds{5'000},
                                             Sharing sharing = Sharing::processes);

  /// Runs one or more statements whose rows do not matter.
  [[nodiscard]] Result<> execute(const std::string& sql);

  /// Write-ahead log: readers and the writer do not wait for each other. Remedy::repair where the
  /// file system cannot do it.
  [[nodiscard]] Result<> use_write_ahead_log();
  /// The file itself, where the path was a link; the log lies beside it.
  [[nodiscard]] std::filesystem::path file() const;
  /// Copies the whole log into the database, with fsync, and empties it where no reader is in it.
  /// After use_write_ahead_log(). Remedy::retry: a reader of an older state is in the way.
  [[nodiscard]] Result<> checkpoint();

  /// Copies what it can of the log into the database, and syncs the database where that was all of
  /// it. What a reader of an older state still needs stays in the log, and so does the log itself.
  /// After use_write_ahead_log().
  [[nodiscard]] Result<> copy_log();

  /// The first 100 bytes of the file itself, without the log; '' where it is shorter.
  [[nodiscard]] Result<std::string> header_in_file();
  /// PRAGMA user_version as the file itself has it, without the log: what takes a package back
  /// reads that. 0 where the file is empty.
  [[nodiscard]] Result<std::int64_t> schema_in_file();

  /// The first column of the first row; 0 where there is none.
  [[nodiscard]] Result<std::int64_t> integer(std::string sql);

  [[nodiscard]] sqlite3* handle() const { return connection_.get(); }
  /// Rows changed by the last INSERT, UPDATE or DELETE.
  [[nodiscard]] std::int64_t changes() const;
  /// Rows changed since the connection was opened.
  [[nodiscard]] std::int64_t total_changes() const;
  [[nodiscard]] std::int64_t last_insert_id() const;
  /// Opened to write, but file, folder or disk allow reading only.
  [[nodiscard]] bool is_read_only() const;
  /// False once SQLite has rolled back by itself, as it may after an I/O error.
  [[nodiscard]] bool in_transaction() const;
  /// Steps of SQLite's virtual machine so far, of all statements that are prepared: what a query
  /// costs, told without a clock.
  [[nodiscard]] std::int64_t steps() const;
  /// The last call that failed found the file damaged.
  [[nodiscard]] bool found_damage() const;
  /// The last call that failed was not given what is in the file: as with a sector that is lost.
  [[nodiscard]] bool failed_to_read() const;

 private:
  struct Close {
    void operator()(sqlite3* connection) const noexcept;
  };
  explicit Database(sqlite3* connection) : connection_(connection) {}
  std::unique_ptr<sqlite3, Close> connection_;
};

}  // namespace gatehouse::store::sqlite
