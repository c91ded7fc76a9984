#include "store/sqlite/log_renewal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "store/sqlite/native.hpp"
#include "store/values/disk_time.hpp"

namespace gatehouse::store::sqlite {
namespace {

/// As large as a page can be: SQLite's own files take no more than 128 KiB at once.
constexpr sqlite3_int64 piece_bytes = 65'536;

struct FreeName {
  void operator()(const char* name) const noexcept { sqlite3_free_filename(name); }
};

/// A log, opened as SQLite opens it.
class LogFile {
 public:
  explicit LogFile(const std::filesystem::path& database)
      : name_(sqlite3_create_filename(database.c_str(), (database.string() + "-journal").c_str(),
                                      (database.string() + "-wal").c_str(), 0, nullptr)),
        vfs_(sqlite3_vfs_find(nullptr)),
        memory_(static_cast<std::size_t>(vfs_->szOsFile)) {}
  ~LogFile() {
    if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
  }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// Gives a code of SQLite, as all of these do.
  int open() {
    if (name_ == nullptr) return SQLITE_NOMEM;
    int flags = 0;
    const int code = vfs_->xOpen(vfs_, sqlite3_filename_wal(name_.get()), file(),
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, &flags);
    return code == SQLITE_OK && (flags & SQLITE_OPEN_READONLY) != 0 ? SQLITE_READONLY : code;
  }
  int renew() {
    sqlite3_int64 size = 0;
    int code = file()->pMethods->xFileSize(file(), &size);
    std::string piece;
    for (sqlite3_int64 at = 0; code == SQLITE_OK && at < size; at += piece_bytes) {
      const auto bytes = static_cast<int>(std::min(piece_bytes, size - at));
      piece.resize(static_cast<std::size_t>(bytes));
      code = file()->pMethods->xRead(file(), piece.data(), bytes, at);
      if (code == SQLITE_OK) code = file()->pMethods->xWrite(file(), piece.data(), bytes, at);
    }
    if (code != SQLITE_OK || size == 0) return code;
    return file()->pMethods->xSync(file(), SQLITE_SYNC_FULL);
  }

 private:
  [[nodiscard]] sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }

  std::unique_ptr<const char, FreeName> name_;
  sqlite3_vfs* vfs_;
  std::vector<std::max_align_t> memory_;  ///< more than enough: SQLite says the size in bytes
};

}  // namespace

Result<> renew_log(const std::filesystem::path& database_file) {
  const DiskCall disk;
  // The log lies beside the file itself, where the path is a link.
  std::error_code unknown;
  auto database = std::filesystem::weakly_canonical(database_file, unknown);
  if (unknown) database = database_file;
  // SQLite deletes a log whose database is gone, and reads nothing of it.
  for (const auto* suffix : {"", "-wal"}) {
    if (!std::filesystem::exists(database.string() + suffix, unknown) && !unknown) return {};
  }
  LogFile log(database);
  int code = log.open();
  const int number = code == SQLITE_CANTOPEN ? errno : 0;
  if (code == SQLITE_OK) code = log.renew();
  if (code == SQLITE_OK || (code == SQLITE_CANTOPEN && number == ENOENT)) return {};
  Error error = to_error(nullptr, code).with_context("writing " + database.string() + "-wal anew");
  error.remedy = Remedy::retry;
  return std::unexpected(std::move(error));
}

}  // namespace gatehouse::store::sqlite
