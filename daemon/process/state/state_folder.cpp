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
#include "daemon/process/state/private_files.hpp"
#include "store/values/disk_time.hpp"
#include "store/values/durable_file.hpp"
#include "store/values/text/ascii.hpp"
#include "store/values/whole_number.hpp"

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

/// The name of a process, '' where there is none such.
std::string process_name(const std::string& process) {
  constexpr std::size_t name_max_bytes = 64;
  const auto name = read_file("/proc/" + process + "/comm", name_max_bytes);
  return name ? std::string(trimmed(*name)) : "";
}

/// The lock file has the number of the process that locked it. An empty one is of an earlier
/// version, which wrote none.
bool is_of_this_program(const fs::path& lock_file) {
  constexpr std::size_t number_max_bytes = 64;
  const auto written = read_file(lock_file, number_max_bytes);
  if (!written) return false;
  const std::string holder(trimmed(*written));
  if (holder.empty()) return true;
  const auto number = whole_number<::pid_t>(holder);
  return number && *number != ::getpid() && process_name(holder) == process_name("self");
}

/// For the one that finds it locked. What cannot be written is not told.
void write_process_number(int lock) {
  const std::string number = fmt::format("{}\n", ::getpid());
  if (::ftruncate(lock, 0) != 0) return;
  [[maybe_unused]] const auto written = ::pwrite(lock, number.data(), number.size(), 0);
}

}  // namespace

StateFolder::~StateFolder() {
  const MutexLock lock(mutex_);
  close_if_open(lock_);
  close_if_open(place_);
}

bool StateFolder::is_held_by_another() const {
  const MutexLock lock(mutex_);
  return held_by_another_;
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
  std::error_code error;
  const bool made = fs::create_directories(folder_, error);
  if (error) {
    return failure(Remedy::repair, fmt::format("store.state_dir {} cannot be created: {}",
                                               folder_.string(), error.message()));
  }
  if (made) fs::permissions(folder_, fs::perms(0750), error);
  close_if_open(place_);
  place_ = ::open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (place_ < 0) {
    return failure(Remedy::repair, fmt::format("store.state_dir {} cannot be opened: {}",
                                               folder_.string(), std::strerror(errno)));
  }
  if (Result<> taken = take_lock(); !taken) return taken;
  if (const std::string trouble = make_private(folder_); !trouble.empty()) {
    log::warn("others may read what is in store.state_dir: {}", trouble);
  }
  return {};
}

/// In the folder that `place_` is, wherever its path leads.
Result<> StateFolder::take_lock() {
  held_by_another_ = false;
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
    held_by_another_ = why == EWOULDBLOCK && is_of_this_program(lock_file());
    return failure(Remedy::repair,
                   fmt::format("store.state_dir {} is in use ({}): is another gatehoused running?",
                               folder_.string(), std::strerror(why)));
  }
  if (!leads_to(lock_file(), lock)) {
    ::close(lock);
    return failure(Remedy::repair,
                   fmt::format("store.state_dir {} was replaced just now", folder_.string()));
  }
  close_if_open(lock_);
  lock_ = lock;
  write_process_number(lock);
  return {};
}

}  // namespace gatehouse::process
