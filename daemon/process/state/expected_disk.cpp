#include "daemon/process/state/expected_disk.hpp"

#include <mntent.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace gatehouse::process {
namespace {

namespace fs = std::filesystem;

struct EndTable {
  void operator()(std::FILE* table) const { ::endmntent(table); }
};

fs::path resolved(const fs::path& path) {
  std::error_code unknown;
  fs::path found = fs::weakly_canonical(path, unknown);
  return unknown ? path.lexically_normal() : found;
}

bool is_at_or_below(const fs::path& folder, const fs::path& place) {
  const auto [left, right] = std::ranges::mismatch(place, folder);
  return left == place.end();
}

/// Nothing is mounted there: it is on the disk of the folder that it stands in.
bool is_empty_mount_point(const fs::path& place) {
  struct stat here{};
  struct stat above{};
  if (::stat(place.c_str(), &here) != 0) return errno == ENOENT;
  return ::stat(place.parent_path().c_str(), &above) == 0 && here.st_dev == above.st_dev;
}

bool is_bind(const mntent& line) {
  return ::hasmntopt(&line, "bind") != nullptr || ::hasmntopt(&line, "rbind") != nullptr;
}

}  // namespace

std::string missing_disk(const fs::path& folder, const fs::path& fstab) {
  const std::unique_ptr<std::FILE, EndTable> table(::setmntent(fstab.c_str(), "re"));
  if (!table) return "";
  const fs::path wanted = resolved(folder);
  constexpr std::size_t line_max_bytes = 4096;
  std::array<char, line_max_bytes> text{};
  mntent line{};
  while (::getmntent_r(table.get(), &line, text.data(), static_cast<int>(text.size())) != nullptr) {
    const fs::path place = line.mnt_dir;
    if (!place.is_absolute() || is_bind(line)) continue;  // swap, or nothing that tells
    const fs::path at = resolved(place);
    if (at == at.root_path() || !is_at_or_below(wanted, at)) continue;
    if (is_empty_mount_point(at)) return at.string();
  }
  return "";
}

}  // namespace gatehouse::process
