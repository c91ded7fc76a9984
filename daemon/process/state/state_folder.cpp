#include "daemon/process/state/state_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace gatehouse::process {

Result<StateFolder> StateFolder::take(const std::filesystem::path& folder) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(folder, error);
  if (error) {
    return failure(Remedy::repair, fmt::format("store.state_dir {} cannot be created: {}",
                                               folder.string(), error.message()));
  }
  if (made) std::filesystem::permissions(folder, std::filesystem::perms(0750), error);

  const std::filesystem::path lock_file = folder / "lock";
  int lock = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  // A disk that became read-only must not close the gate: an earlier run has left the file.
  if (lock < 0 && errno == EROFS) lock = ::open(lock_file.c_str(), O_RDONLY | O_CLOEXEC);
  if (lock < 0) {
    return failure(Remedy::repair,
                   fmt::format("store.state_dir {} cannot be written: {}; it must belong to the "
                               "user that runs gatehoused",
                               folder.string(), std::strerror(errno)));
  }
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    ::close(lock);
    return failure(Remedy::repair,
                   fmt::format("store.state_dir {} is in use ({}): is another gatehoused running?",
                               folder.string(), std::strerror(why)));
  }
  return StateFolder(folder, lock);
}

StateFolder::StateFolder(StateFolder&& other) noexcept
    : folder_(std::move(other.folder_)), lock_(std::exchange(other.lock_, -1)) {}

StateFolder::~StateFolder() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace gatehouse::process
