#include "store/space/reserve_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "store/values/descriptor.hpp"
#include "store/values/disk_time.hpp"

namespace gatehouse {
namespace {

constexpr mode_t file_mode = 0600;

std::unexpected<Error> refused(std::string_view doing, const std::filesystem::path& file,
                               int reason) {
  return failure(Remedy::retry,
                 fmt::format("cannot {} {}: {}", doing, file.string(), std::strerror(reason)));
}

std::int64_t blocks_of(const std::filesystem::path& file) {
  constexpr std::int64_t block_bytes = 512;  // whatever the file system's own are: see stat(2)
  struct stat found{};
  if (::lstat(file.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return 0;
  return std::min<std::int64_t>(found.st_size, found.st_blocks * block_bytes);
}

}  // namespace

ReserveFile::ReserveFile(std::filesystem::path file)
    : file_(std::move(file)), held_bytes_(blocks_of(file_)) {}

Result<> ReserveFile::grow(std::int64_t bytes) {
  const DiskCall disk;
  const Descriptor descriptor(
      ::open(file_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, file_mode));
  if (!descriptor.opened()) return refused("create", file_, errno);
  const int failed = ::posix_fallocate(descriptor.number(), 0, bytes);
  if (failed != 0) {
    // A part of it may be there.
    [[maybe_unused]] const int kept = ::ftruncate(descriptor.number(), held_bytes_);
    return refused("allocate", file_, failed);
  }
  held_bytes_ = bytes;
  return {};
}

Result<> ReserveFile::shrink(std::int64_t bytes) {
  const DiskCall disk;
  const int failed = bytes > 0 ? ::truncate(file_.c_str(), bytes) : ::unlink(file_.c_str());
  if (failed != 0 && errno != ENOENT) return refused("shrink", file_, errno);
  held_bytes_ = std::min(held_bytes_, bytes);
  return {};
}

bool ReserveFile::give_up() {
  if (held_bytes_ == 0) return false;
  const DiskCall disk;
  const Descriptor descriptor(::open(file_.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  // Some file systems need a block to shorten a file, and none to remove it.
  const bool gone = (descriptor.opened() && ::ftruncate(descriptor.number(), 0) == 0) ||
                    ::unlink(file_.c_str()) == 0;
  if (!gone) return false;
  // A journal gives blocks back with its next commit.
  if (descriptor.opened()) (void)::fsync(descriptor.number());
  held_bytes_ = 0;
  return true;
}

}  // namespace gatehouse
