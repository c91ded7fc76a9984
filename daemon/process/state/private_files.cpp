#include "daemon/process/state/private_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <system_error>

namespace gatehouse::process {
namespace {

using std::filesystem::perms;

constexpr mode_t nobody_else = 0077;
constexpr perms not_of_the_folder = perms::group_write | perms::others_all;
constexpr perms not_of_a_file = perms::group_all | perms::others_all;

/// What went wrong; '' : nothing.
std::string take_away(const std::filesystem::path& path, perms unwanted) {
  std::error_code failed;
  const perms now = std::filesystem::status(path, failed).permissions();
  if (failed || (now & unwanted) == perms::none) return "";
  std::filesystem::permissions(path, now & ~unwanted, failed);
  if (!failed) return "";
  return fmt::format("the mode of {} stays {:o}: {}", path.string(), static_cast<unsigned>(now),
                     failed.message());
}

}  // namespace

void make_files_privately() {
  ::umask(nobody_else);
}

std::string make_private(const std::filesystem::path& folder) {
  std::string trouble = take_away(folder, not_of_the_folder);
  std::error_code failed;
  // One that cannot be corrected keeps no other from being so: the first is told.
  for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    std::error_code unknown;
    if (!std::filesystem::is_regular_file(entry->path(), unknown)) continue;
    std::string refused = take_away(entry->path(), not_of_a_file);
    if (trouble.empty()) trouble = std::move(refused);
  }
  return trouble;
}

}  // namespace gatehouse::process
