#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <functional>

#include "store/values/result.hpp"

namespace gatehouse::store {

/// As ::pread: so that a test can be a disk that fails.
using ReadAt =
    std::move_only_function<ssize_t(int descriptor, void* into, std::size_t size, off_t offset)>;

/// A database file and its log, byte for byte, in a folder of its own that goes with it (0700).
/// What is opened, recovered or changed is the copy: SQLite never has the original open.
class PrivateCopy {
 public:
  /// Reads `file` and its -wal twice, and what the second reading does not agree with again: a read
  /// that fails once, or gives other bytes once, is no damage. Remedy::retry: the disk goes on to
  /// fail, or the file goes on to change (its daemon runs), or there is no room in `folder` for the
  /// copy and as much again for what is made of it. Then there is no copy: nothing is left out.
  [[nodiscard]] static Result<PrivateCopy> make(const std::filesystem::path& file,
                                                const std::filesystem::path& folder,
                                                ReadAt read_at);
  /// With the machine's own reads.
  [[nodiscard]] static Result<PrivateCopy> make(const std::filesystem::path& file,
                                                const std::filesystem::path& folder);
  ~PrivateCopy();
  PrivateCopy(PrivateCopy&& other) noexcept;
  PrivateCopy& operator=(PrivateCopy&&) = delete;

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  explicit PrivateCopy(std::filesystem::path folder)
      : folder_(std::move(folder)), file_(folder_ / "ledger.db") {}
  std::filesystem::path folder_;
  std::filesystem::path file_;
};

}  // namespace gatehouse::store
