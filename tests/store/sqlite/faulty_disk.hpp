#pragma once

#include <atomic>

namespace gatehouse::store {

/// A disk that fails when a test says so: the functions with which SQLite writes are replaced in
/// this program by ones that look here first. Everything is well in a new one.
struct FaultyDisk {
  FaultyDisk() = default;
  ~FaultyDisk() { repair(); }
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  void repair() {
    full = false;
    sync_fails = false;
  }

  static inline std::atomic<bool> full = false;        ///< writing: ENOSPC
  static inline std::atomic<bool> sync_fails = false;  ///< fdatasync: EIO
  static inline std::atomic<int> failures = 0;         ///< how often a call was made to fail
};

}  // namespace gatehouse::store
