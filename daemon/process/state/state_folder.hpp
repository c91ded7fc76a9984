#pragma once

#include <filesystem>

#include "store/values/mutex.hpp"
#include "store/values/result.hpp"

namespace gatehouse::process {

/// The folder with cache.db and ledger.db, owned by this process alone: two daemons on one ledger
/// would each believe to be its only writer. Nothing in it may be opened before hold() has
/// succeeded.
class StateFolder {
 public:
  /// Touches nothing. `fstab` says which disks belong where (expected_disk.hpp).
  explicit StateFolder(std::filesystem::path folder, std::filesystem::path fstab = "/etc/fstab")
      : folder_(std::move(folder)), fstab_(std::move(fstab)) {}
  /// The lock goes with the process, however it ends.
  ~StateFolder();
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  /// Makes the folder (0750) where it is missing, locks it, and takes from others what they must
  /// not do there (private_files.hpp). Where this process has it: whether the folder is still the
  /// one that was locked. One that was put in its place would get what the old one was promised;
  /// a lock file that somebody deleted is made again. Remedy::repair: another process holds it, it
  /// cannot be made or written, its disk is not mounted, or it was replaced. To be asked again
  /// until it succeeds, and before each use that must not go elsewhere: it costs two looks at the
  /// file system. Thread-safe.
  [[nodiscard]] Result<> hold();

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path cache_file() const { return folder_ / "cache.db"; }
  [[nodiscard]] std::filesystem::path ledger_file() const { return folder_ / "ledger.db"; }
  [[nodiscard]] std::filesystem::path hash_key_file() const { return folder_ / "hash.key"; }

 private:
  Result<> take() GATEHOUSE_ANNOTATION(requires_capability(mutex_));
  Result<> make_folder() const;
  Result<> lock_folder() const GATEHOUSE_ANNOTATION(requires_capability(mutex_));
  Result<> take_lock() GATEHOUSE_ANNOTATION(requires_capability(mutex_));
  [[nodiscard]] std::unexpected<Error> is_locked(int why) const;
  [[nodiscard]] std::filesystem::path lock_file() const { return folder_ / "lock"; }

  const std::filesystem::path folder_;
  const std::filesystem::path fstab_;
  mutable Mutex mutex_;
  int place_ GUARDED_BY(mutex_) = -1;  ///< of the folder itself, whatever its path leads to later
  int lock_ GUARDED_BY(mutex_) = -1;
};

}  // namespace gatehouse::process
