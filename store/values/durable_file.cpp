#include "store/values/durable_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "store/values/descriptor.hpp"
#include "store/values/disk_time.hpp"

namespace gatehouse {
namespace {

Remedy remedy_of(int reason) {
  const bool passing = reason == ENOSPC || reason == EDQUOT || reason == EIO || reason == EMFILE;
  return passing ? Remedy::retry : Remedy::repair;
}

std::unexpected<Error> refused(std::string_view doing, const std::filesystem::path& file) {
  const int reason = errno;
  return failure(remedy_of(reason),
                 fmt::format("cannot {} {}: {}", doing, file.string(), std::strerror(reason)));
}

std::unexpected<Error> unreadable() {
  const int reason = errno;
  if (reason == EISDIR) return failure(Remedy::repair, "is a directory");
  return failure(remedy_of(reason), fmt::format("cannot be read: {}", std::strerror(reason)));
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& file, std::size_t size_max) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.opened()) return unreadable();
  std::string bytes(size_max + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(descriptor.number(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable();
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > size_max) {
    return failure(Remedy::repair, fmt::format("is longer than {} bytes", size_max));
  }
  bytes.resize(size);
  return bytes;
}

Result<> write_durably(const std::filesystem::path& file, std::string_view bytes, unsigned mode) {
  const DiskCall disk;
  const std::filesystem::path unfinished = file.string() + ".new";
  ::unlink(unfinished.c_str());  // left by a crash
  const Descriptor descriptor(
      ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!descriptor.opened()) return refused("create", unfinished);
  if (::fchmod(descriptor.number(), mode) != 0) return refused("set the mode of", unfinished);
  if (!write_all(descriptor.number(), bytes)) return refused("write", unfinished);
  if (::fsync(descriptor.number()) != 0) return refused("sync", unfinished);
  if (::rename(unfinished.c_str(), file.c_str()) != 0) return refused("rename to", file);
  return sync_folder(file.parent_path());
}

Result<> sync_folder(const std::filesystem::path& folder) {
  const std::filesystem::path& path = folder.empty() ? std::filesystem::path(".") : folder;
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.opened()) return refused("open", path);
  if (::fsync(descriptor.number()) != 0) return refused("sync", path);
  return {};
}

}  // namespace gatehouse
