#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "store/values/result.hpp"

namespace gatehouse::store::sqlite {

/// Has the write-ahead log of a database on the disk as it is read now: writes the bytes of its
/// frames once more, and syncs them. A kernel may have kept pages that the disk refused, and
/// call them written: a process that dies after a failed sync leaves a log that can be read and is
/// not on the disk. What would be appended to it could be lost with the power, though it was synced
/// itself, for a log is read from its beginning to the first frame that is none.
///
/// Of one process, before it opens the database. Other programs may have it open, and read; what
/// one of them would write to the log at that very moment could be undone, for there is no lock
/// that could be had without reading the log first.
class LogRenewal {
 public:
  /// Nothing where there is no log, or nobody has changed it since this has renewed it. What lies
  /// behind the last frame, of a log before, is neither read nor written. Remedy::retry: the disk
  /// does not give or take it now.
  [[nodiscard]] Result<> renew(const std::filesystem::path& database_file);

 private:
  /// Of the log after its renewal.
  struct Stamp {
    std::uint64_t file = 0;
    std::int64_t size = 0;
    std::int64_t changed_ns = 0;
    bool operator==(const Stamp&) const = default;
  };
  [[nodiscard]] static std::optional<Stamp> stamp_of(const std::filesystem::path& log);

  std::optional<Stamp> renewed_;
};

}  // namespace gatehouse::store::sqlite
