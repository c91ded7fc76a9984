#include "daemon/process/state/private_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

namespace gatehouse::process {
namespace {

using std::filesystem::perms;

constexpr mode_t nobody_else = 0077;
constexpr perms writing = perms::group_write | perms::others_write;
constexpr perms reading_or_writing = perms::group_all | perms::others_all;
/// What our files begin with: another service may share the folder.
constexpr std::array<std::string_view, 5> ours{"ledger.", "cache.db", "hash.key", "reserve",
                                               "lock"};

bool is_ours(const std::filesystem::path& path) {
  struct stat found{};
  return ::stat(path.c_str(), &found) == 0 && found.st_uid == ::geteuid();
}

/// What went wrong; '' : nothing.
std::string take_away(const std::filesystem::path& path, perms unwanted) {
  std::error_code failed;
  const perms now = std::filesystem::status(path, failed).permissions();
  if (failed || (now & unwanted) == perms::none || !is_ours(path)) return "";
  std::filesystem::permissions(path, now & ~unwanted, failed);
  if (!failed) return "";
  return fmt::format("the mode of {} stays {:o}: {}", path.string(), static_cast<unsigned>(now),
                     failed.message());
}

/// As /tmp is: others may write there, and yet touch nothing of ours.
bool is_sticky(const std::filesystem::path& folder) {
  std::error_code failed;
  const perms now = std::filesystem::status(folder, failed).permissions();
  return !failed && (now & perms::sticky_bit) != perms::none;
}

}  // namespace

void make_files_privately() {
  ::umask(nobody_else);
}

std::string make_private(const std::filesystem::path& folder) {
  std::string trouble = is_sticky(folder) ? "" : take_away(folder, writing);
  std::error_code failed;
  // One that cannot be corrected keeps no other from being so: the first is told.
  for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    std::error_code unknown;
    if (!std::filesystem::is_regular_file(entry->path(), unknown)) continue;
    const std::string name = entry->path().filename().string();
    const auto begins = [&](std::string_view with) { return name.starts_with(with); };
    if (std::ranges::none_of(ours, begins)) continue;
    std::string refused = take_away(entry->path(), reading_or_writing);
    if (trouble.empty()) trouble = std::move(refused);
  }
  return trouble;
}

}  // namespace gatehouse::process
