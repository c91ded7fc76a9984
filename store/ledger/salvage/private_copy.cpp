#include "store/ledger/salvage/private_copy.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "store/values/descriptor.hpp"
#include "store/values/sha256.hpp"

namespace gatehouse::store {
namespace {

constexpr int tries_max = 5;
constexpr std::size_t block_bytes = 1 << 16;
/// For what SQLite makes beside the copy, and the folders.
constexpr std::uintmax_t spare_bytes = 16U << 20;

std::unexpected<Error> system_failure(std::string_view doing, const std::filesystem::path& file) {
  const int reason = errno;
  return failure(Remedy::retry,
                 fmt::format("cannot {} {}: {}", doing, file.string(), std::strerror(reason)));
}

/// A block, with a few tries where the disk fails. '' : the file ends there.
Result<std::string> read_block(int descriptor, std::uintmax_t offset, ReadAt& read_at,
                               const std::filesystem::path& file) {
  std::string block(block_bytes, '\0');
  for (int tries = 1;; ++tries) {
    const ssize_t got = read_at(descriptor, block.data(), block.size(), static_cast<off_t>(offset));
    if (got >= 0) {
      block.resize(static_cast<std::size_t>(got));
      return block;
    }
    if (tries < tries_max) continue;
    auto failed = system_failure("read", file);
    failed.error().message += fmt::format(
        " at byte {}, {} times. The disk fails: nothing was salvaged, for what it does not give "
        "now would be missing. Copy the file with ddrescue to another disk, and salvage that",
        offset, tries_max);
    return failed;
  }
}

/// Calls `take` with each block; gives the SHA-256 of all.
template <class Take>
Result<std::string> read_all(const std::filesystem::path& file, ReadAt& read_at, const Take& take) {
  const Descriptor from(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!from.opened()) return system_failure("open", file);
  // The second reading is of the disk, as far as the kernel can be talked into it.
  (void)::posix_fadvise(from.number(), 0, 0, POSIX_FADV_DONTNEED);
  Sha256 digest;
  for (std::uintmax_t offset = 0;;) {
    auto block = read_block(from.number(), offset, read_at, file);
    if (!block) return propagate(std::move(block));
    if (block->empty()) return digest.finish();
    digest.update(*block);
    if (Result<> taken = take(*block); !taken) return propagate(std::move(taken));
    offset += block->size();
  }
}

Result<std::string> copy_once(const std::filesystem::path& file, const std::filesystem::path& to,
                              ReadAt& read_at) {
  const Descriptor into(
      ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!into.opened()) return system_failure("make", to);
  return read_all(file, read_at, [&](std::string_view block) -> Result<> {
    while (!block.empty()) {
      const ssize_t written = ::write(into.number(), block.data(), block.size());
      if (written < 0 && errno != EINTR) return system_failure("write", to);
      if (written > 0) block.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  });
}

Result<std::string> digest_of(const std::filesystem::path& file, ReadAt& read_at) {
  return read_all(file, read_at, [](std::string_view) -> Result<> { return {}; });
}

/// Gives the SHA-256 of it.
Result<std::string> copy_as_it_is(const std::filesystem::path& file,
                                  const std::filesystem::path& to, ReadAt& read_at) {
  for (int tries = 0; tries < tries_max; ++tries) {
    const auto copied = copy_once(file, to, read_at);
    if (!copied) return propagate(copied);
    const auto again = digest_of(file, read_at);
    if (!again) return propagate(again);
    if (*again == *copied) return *copied;
  }
  return failure(Remedy::retry,
                 fmt::format("{} was read {} times, and was never twice the same: stop the daemon "
                             "(`systemctl stop gatehouse`), or look for disk errors in "
                             "`journalctl -k`",
                             file.string(), tries_max));
}

/// The file, then its log, then a look whether the file is still what it was: what was written from
/// the log into it in between would be in neither of the two copies.
Result<> copy_pair(const std::filesystem::path& file, const std::filesystem::path& to,
                   ReadAt& read_at) {
  const std::filesystem::path log = file.string() + "-wal";
  const auto copied = copy_as_it_is(file, to, read_at);
  if (!copied) return propagate(copied);
  if (std::filesystem::exists(log)) {
    const auto copied_log = copy_as_it_is(log, to.string() + "-wal", read_at);
    if (!copied_log) return propagate(copied_log);
  }
  const auto now = digest_of(file, read_at);
  if (!now) return propagate(now);
  if (*now == *copied) return {};
  return failure(Remedy::retry,
                 fmt::format("{} changed while its log was read: stop the daemon and its sockets, "
                             "and run this again",
                             file.string()));
}

std::uintmax_t size_or_none(const std::filesystem::path& file) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(file, missing);
  return missing ? 0 : size;
}

Result<> require_space(const std::filesystem::path& file, const std::filesystem::path& folder) {
  std::error_code failed;
  const auto there = std::filesystem::space(folder, failed);
  if (failed) return failure(Remedy::retry, folder.string() + ": " + failed.message());
  const auto size = size_or_none(file) + size_or_none(file.string() + "-wal");
  // The copy, what its log may add to it, and the new ledger.
  const std::uintmax_t needed = 3 * size + spare_bytes;
  if (there.available >= needed) return {};
  return failure(Remedy::retry,
                 fmt::format("{} has {} MiB free, and {} MiB are needed: name another folder with "
                             "--work-folder",
                             folder.string(), there.available >> 20, needed >> 20));
}

}  // namespace

Result<PrivateCopy> PrivateCopy::make(const std::filesystem::path& file,
                                      const std::filesystem::path& folder) {
  return make(file, folder, [](int descriptor, void* into, std::size_t size, off_t offset) {
    return ::pread(descriptor, into, size, offset);
  });
}

Result<PrivateCopy> PrivateCopy::make(const std::filesystem::path& file,
                                      const std::filesystem::path& folder, ReadAt read_at) {
  if (Result<> space = require_space(file, folder); !space) return propagate(std::move(space));
  std::string name = (folder / "salvage-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return system_failure("make a folder in", folder);
  PrivateCopy copy(name);
  Result<> copied = copy_pair(file, copy.file(), read_at);
  if (!copied) return propagate(std::move(copied));
  return copy;
}

PrivateCopy::PrivateCopy(PrivateCopy&& other) noexcept
    : folder_(std::exchange(other.folder_, {})), file_(std::exchange(other.file_, {})) {}

PrivateCopy::~PrivateCopy() {
  if (folder_.empty()) return;
  std::error_code ignored;  // it is a copy
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace gatehouse::store
