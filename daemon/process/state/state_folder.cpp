#include "daemon/process/state/state_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "daemon/log/log.hpp"
#include "daemon/process/state/expected_disk.hpp"
#include "daemon/process/state/private_files.hpp"
#include "store/values/disk_time.hpp"

namespace gatehouse::process {
namespace {

namespace fs = std::filesystem;

void close_if_open(int& descriptor) {
  if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
}

bool is_same(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/// What `path` leads to now is what `descriptor` was opened for.
bool leads_to(const fs::path& path, int descriptor) {
  struct stat there{};
  struct stat here{};
  return ::stat(path.c_str(), &there) == 0 && ::fstat(descriptor, &here) == 0 &&
         is_same(there, here);
}

}  // namespace

StateFolder::~StateFolder() {
  const MutexLock lock(mutex_);
  close_if_open(lock_);
  close_if_open(place_);
}

Result<> StateFolder::hold() {
  const DiskCall waits;
  const MutexLock lock(mutex_);
  if (lock_ < 0) return take();
  if (leads_to(lock_file(), lock_)) return {};
  if (leads_to(folder_, place_)) return take_lock();
  return failure(Remedy::repair,
                 fmt::format("store.state_dir {} was moved away or replaced while it was in use: "
                             "put back what was there, or restart gatehouse to use what is there "
                             "now",
                             folder_.string()));
}

Result<> StateFolder::take() {
  if (Result<> there = make_folder(); !there) return there;
  place_ = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (place_ < 0) {
    return failure(Remedy::repair, fmt::format("store.state_dir {} cannot be opened: {}",
                                               folder_.string(), std::strerror(errno)));
  }
  Result<> taken = lock_folder();
  if (taken) taken = take_lock();
  if (!taken) {
    close_if_open(place_);  // what we only wait for is locked for nobody
    return taken;
  }
  if (const std::string trouble = make_private(folder_); !trouble.empty()) {
    log::warn("others may read what is in store.state_dir: {}", trouble);
  }
  return {};
}

/// Not in the place of a disk that is only not mounted yet: a new ledger and a new hash.key would
/// be made there, and carts taken that nobody would find under the disk. A ledger that is there
/// shows that the box lives without it.
Result<> StateFolder::make_folder() const {
  std::error_code error;
  if (!fs::exists(ledger_file(), error)) {
    if (const std::string disk = missing_disk(folder_, fstab_); !disk.empty()) {
      return failure(
          Remedy::repair,
          fmt::format("store.state_dir {} is not used: {} has a disk for {} that is not "
                      "mounted. Mount it, or take it out of there if it is gone for good",
                      folder_.string(), fstab_.string(), disk));
    }
  }
  const bool made = fs::create_directories(folder_, error);
  if (error) {
    return failure(Remedy::repair, fmt::format("store.state_dir {} cannot be created: {}",
                                               folder_.string(), error.message()));
  }
  if (made) fs::permissions(folder_, fs::perms(0750), error);
  return {};
}

std::unexpected<Error> StateFolder::is_locked(int why) const {
  return failure(Remedy::repair,
                 fmt::format("store.state_dir {} is in use ({}): is another gatehoused running?",
                             folder_.string(), std::strerror(why)));
}

/// Beside the file: whoever deletes that lets no second daemon in. Where a file system cannot lock
/// a folder (NFS), the file alone has to do.
Result<> StateFolder::lock_folder() const {
  if (::flock(place_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return is_locked(errno);
  return {};
}

/// In the folder that `place_` is, wherever its path leads.
Result<> StateFolder::take_lock() {
  int lock = ::openat(place_, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  // A disk that became read-only must not close the gate: an earlier run has left the file.
  if (lock < 0 && errno == EROFS) lock = ::openat(place_, "lock", O_RDONLY | O_CLOEXEC);
  if (lock < 0) {
    return failure(Remedy::repair,
                   fmt::format("store.state_dir {} cannot be written: {}; it must belong to the "
                               "user that runs gatehoused",
                               folder_.string(), std::strerror(errno)));
  }
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    ::close(lock);
    return is_locked(why);
  }
  if (!leads_to(lock_file(), lock)) {
    ::close(lock);
    return failure(Remedy::repair,
                   fmt::format("store.state_dir {} was replaced just now", folder_.string()));
  }
  close_if_open(lock_);
  lock_ = lock;
  return {};
}

}  // namespace gatehouse::process
