#include "store/sqlite/log_renewal.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "store/space/lack_of_space.hpp"
#include "store/sqlite/native.hpp"
#include "store/values/disk_time.hpp"

namespace gatehouse::store::sqlite {
namespace {

// The format of a log: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
constexpr sqlite3_int64 log_header_bytes = 32;
constexpr sqlite3_int64 frame_header_bytes = 24;
constexpr std::uint32_t magic = 0x377f0682;  // its last bit is the order of bytes of the checksums
constexpr std::size_t page_size_at = 8;
constexpr std::size_t salts_at = 16;
constexpr std::size_t frame_salts_at = 8;
constexpr std::size_t salts_bytes = 8;

/// As large as a page can be: SQLite's own files take no more than 128 KiB at once.
constexpr sqlite3_int64 piece_bytes = 65'536;

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (const char c : bytes.substr(at, sizeof(number))) {
    number = (number << 8) | static_cast<unsigned char>(c);
  }
  return number;
}

struct FreeName {
  void operator()(const char* name) const noexcept { sqlite3_free_filename(name); }
};

/// A log, opened as SQLite opens it. Its functions give a code of SQLite.
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

  int open() {
    if (name_ == nullptr) return SQLITE_NOMEM;
    int flags = 0;
    const int code = vfs_->xOpen(vfs_, sqlite3_filename_wal(name_.get()), file(),
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, &flags);
    return code == SQLITE_OK && (flags & SQLITE_OPEN_READONLY) != 0 ? SQLITE_READONLY : code;
  }

  int renew() {
    sqlite3_int64 end = 0;
    int code = find_end(end);
    std::string piece;
    for (sqlite3_int64 at = 0; code == SQLITE_OK && at < end; at += piece_bytes) {
      piece.resize(static_cast<std::size_t>(std::min(piece_bytes, end - at)));
      code = read(piece, at);
      if (code == SQLITE_OK) code = write(piece, at);
    }
    if (code != SQLITE_OK || end == 0) return code;
    return file()->pMethods->xSync(file(), SQLITE_SYNC_FULL);
  }

 private:
  /// Behind the last frame that may be one. By its salts, which a log that begins anew changes:
  /// what SQLite reads ends here, or before.
  int find_end(sqlite3_int64& end) {
    end = 0;
    sqlite3_int64 size = 0;
    int code = file()->pMethods->xFileSize(file(), &size);
    if (code != SQLITE_OK || size < log_header_bytes) return code;
    std::string header(log_header_bytes, '\0');
    code = read(header, 0);
    const sqlite3_int64 page_bytes = number_at(header, page_size_at);
    const bool is_log = (number_at(header, 0) | 1U) == (magic | 1U);
    if (code != SQLITE_OK || !is_log || page_bytes < 512 || page_bytes > 65'536) return code;
    end = log_header_bytes;
    std::string frame(frame_header_bytes, '\0');
    const std::string_view salts = std::string_view(header).substr(salts_at, salts_bytes);
    while (end + frame_header_bytes + page_bytes <= size) {
      code = read(frame, end);
      if (code != SQLITE_OK) return code;
      if (std::string_view(frame).substr(frame_salts_at, salts_bytes) != salts) break;
      end += frame_header_bytes + page_bytes;
    }
    return SQLITE_OK;
  }
  int read(std::string& into, sqlite3_int64 at) {
    return file()->pMethods->xRead(file(), into.data(), static_cast<int>(into.size()), at);
  }
  int write(const std::string& bytes, sqlite3_int64 at) {
    return file()->pMethods->xWrite(file(), bytes.data(), static_cast<int>(bytes.size()), at);
  }
  [[nodiscard]] sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }

  std::unique_ptr<const char, FreeName> name_;
  sqlite3_vfs* vfs_;
  std::vector<std::max_align_t> memory_;  ///< more than enough: SQLite says the size in bytes
};

std::unexpected<Error> failed(const std::string& log, int code, int number) {
  note_failed_call(number);
  const std::string why = number != 0 ? std::strerror(number) : to_error(nullptr, code).message;
  return failure(Remedy::retry, fmt::format("writing {} anew: {}", log, why));
}

}  // namespace

std::optional<LogRenewal::Stamp> LogRenewal::stamp_of(const std::filesystem::path& log) {
  struct stat found{};
  if (::stat(log.c_str(), &found) != 0) return std::nullopt;
  constexpr std::int64_t second_ns = 1'000'000'000;
  return Stamp{found.st_ino, found.st_size,
               found.st_mtim.tv_sec * second_ns + found.st_mtim.tv_nsec};
}

Result<> LogRenewal::renew(const std::filesystem::path& database_file) {
  const DiskCall disk;
  configure_once();
  // The log lies beside the file itself, where the path is a link.
  std::error_code unknown;
  auto database = std::filesystem::weakly_canonical(database_file, unknown);
  if (unknown) database = database_file;
  const std::string path = database.string() + "-wal";
  // SQLite deletes a log whose database is gone, and reads nothing of it.
  for (const auto& each : {database.string(), path}) {
    if (!std::filesystem::exists(each, unknown) && !unknown) return {};
  }
  if (renewed_ && stamp_of(path) == renewed_) return {};
  LogFile log(database);
  int code = log.open();
  const int number = code == SQLITE_CANTOPEN ? errno : 0;
  if (code == SQLITE_OK) code = log.renew();
  if (code == SQLITE_CANTOPEN && number == ENOENT) return {};
  if (code != SQLITE_OK) return failed(path, code, number);
  renewed_ = stamp_of(path);
  return {};
}

}  // namespace gatehouse::store::sqlite
