#include "store/cache/cache_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "store/sqlite/database.hpp"
#include "store/values/rfc3339.hpp"

namespace gatehouse::store {
namespace {

namespace fs = std::filesystem;

fs::path with_suffix(const fs::path& file, std::string_view suffix) {
  return file.string() + std::string(suffix);
}

constexpr std::string_view note_suffix = ".damaged";

/// "20250502T000518Z": what a file may be called.
std::string stamp(WallTime now) {
  std::string text = rfc3339(now);
  text.resize(text.find('.'));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text + "Z";
}

Result<> rename_file(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  fs::rename(from, to, failed);
  if (!failed || failed == std::errc::no_such_file_or_directory) return {};
  return failure(Remedy::retry, fmt::format("cannot rename {} to {}: {}", from.string(),
                                            to.string(), failed.message()));
}

Result<> remove_file(const fs::path& file) {
  std::error_code kept;
  fs::remove(file, kept);
  if (!kept) return {};
  return failure(Remedy::repair,
                 fmt::format("cannot delete {}: {}", file.string(), kept.message()));
}

/// All that was kept of caches before. A folder that cannot be listed has none.
std::vector<fs::path> kept_before(const fs::path& named_after) {
  const std::string beginning = named_after.filename().string() + std::string(note_suffix) + "-";
  std::vector<fs::path> found;
  std::error_code unreadable;
  fs::directory_iterator each(named_after.parent_path(), unreadable);
  for (; !unreadable && each != fs::directory_iterator(); each.increment(unreadable)) {
    if (each->path().filename().string().starts_with(beginning)) found.push_back(each->path());
  }
  return found;
}

}  // namespace

bool is_noted(const fs::path& file) {
  std::error_code unreadable;
  return fs::exists(with_suffix(file, note_suffix), unreadable);
}

void note_damage(const fs::path& file) {
  const std::ofstream note(with_suffix(file, note_suffix));
}

Result<> remove_cache(const fs::path& file) {
  for (const std::string_view suffix :
       {std::string_view("-wal"), std::string_view("-shm"), std::string_view(""), note_suffix}) {
    if (Result<> removed = remove_file(with_suffix(file, suffix)); !removed) return removed;
  }
  return {};
}

Result<> set_cache_aside(const fs::path& file, const fs::path& named_after, WallTime now) {
  for (const auto& before : kept_before(named_after)) {
    if (Result<> removed = remove_file(before); !removed) return removed;
  }
  const fs::path kept = with_suffix(named_after, fmt::format("{}-{}", note_suffix, stamp(now)));
  // The log first: another cache of this name must not find it.
  for (const std::string_view suffix : {std::string_view("-wal"), std::string_view("")}) {
    Result<> renamed = rename_file(with_suffix(file, suffix), with_suffix(kept, suffix));
    if (!renamed) return renamed;
  }
  return remove_file(with_suffix(file, note_suffix));
}

Result<> rename_cache(const fs::path& from, const fs::path& to) {
  {
    auto database = sqlite::Database::open(from, sqlite::Access::create, milliseconds{0},
                                           sqlite::Sharing::threads);
    if (!database) return propagate(std::move(database));
    if (Result<> logged = database->use_write_ahead_log(); !logged) return logged;
    if (Result<> copied = database->checkpoint(); !copied) return copied;
  }
  std::error_code unreadable;
  if (fs::exists(with_suffix(from, "-wal"), unreadable) || unreadable) {
    return failure(Remedy::retry, fmt::format("the log of {} is still there", from.string()));
  }
  return rename_file(from, to);
}

}  // namespace gatehouse::store
