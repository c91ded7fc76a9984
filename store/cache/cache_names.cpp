#include "store/cache/cache_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "store/sqlite/database.hpp"
#include "store/values/durable_file.hpp"
#include "store/values/rfc3339.hpp"
#include "store/values/text/ascii.hpp"

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

/// Of the form that stamp() gives, of a file or of its log.
bool is_stamped(std::string_view ending) {
  if (ending.ends_with("-wal")) ending.remove_suffix(4);
  constexpr std::string_view form = "00000000T000000Z";
  return std::ranges::equal(
      ending, form, [](char c, char wanted) { return wanted == '0' ? is_digit(c) : c == wanted; });
}

fs::path dated(const fs::path& file, WallTime now) {
  return with_suffix(file, fmt::format("{}-{}", note_suffix, stamp(now)));
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

/// What the names of those begin with that were kept.
std::string beginning_of_kept(const fs::path& named_after) {
  return named_after.filename().string() + std::string(note_suffix) + "-";
}

/// All that was kept of caches before. A folder that cannot be listed has none.
std::vector<fs::path> kept_before(const fs::path& named_after) {
  const std::string beginning = beginning_of_kept(named_after);
  std::vector<fs::path> found;
  std::error_code unreadable;
  fs::directory_iterator each(named_after.parent_path(), unreadable);
  for (; !unreadable && each != fs::directory_iterator(); each.increment(unreadable)) {
    const std::string name = each->path().filename().string();
    if (!name.starts_with(beginning)) continue;
    if (is_stamped(std::string_view(name).substr(beginning.size()))) found.push_back(each->path());
  }
  return found;
}

/// The time of stamp(); nullopt: it is of a log, or of no day of the calendar.
std::optional<WallTime> time_of(std::string text) {
  if (text.ends_with("-wal")) return std::nullopt;
  for (const std::size_t at : {4U, 7U}) text.insert(at, "-");
  for (const std::size_t at : {13U, 16U}) text.insert(at, ":");
  return parse_rfc3339(text);
}

}  // namespace

bool is_noted(const fs::path& file) {
  std::error_code unreadable;
  return fs::exists(file, unreadable) && fs::exists(with_suffix(file, note_suffix), unreadable);
}

bool note_damage(const fs::path& file) {
  return std::ofstream(with_suffix(file, note_suffix)).is_open();
}

Result<> remove_cache(const fs::path& file) {
  if (Result<> removed = remove_file(file); !removed) return removed;
  return remove_remains(file);
}

Result<> remove_remains(const fs::path& file) {
  std::error_code unreadable;
  if (fs::exists(file, unreadable) || unreadable) return {};
  for (const std::string_view suffix :
       {std::string_view("-wal"), std::string_view("-shm"), note_suffix}) {
    if (Result<> removed = remove_file(with_suffix(file, suffix)); !removed) return removed;
  }
  return {};
}

Result<> set_cache_aside(const fs::path& file, const fs::path& named_after, WallTime now) {
  for (const auto& before : kept_before(named_after)) {
    (void)remove_file(before);  // it takes room, and no more
  }
  const fs::path kept = dated(named_after, now);
  for (const std::string_view suffix : {std::string_view(""), std::string_view("-wal")}) {
    Result<> renamed = rename_file(with_suffix(file, suffix), with_suffix(kept, suffix));
    if (!renamed) return renamed;
  }
  return remove_remains(file);
}

std::optional<KeptCache> find_kept(const fs::path& named_after) {
  std::optional<KeptCache> newest;
  for (const auto& file : kept_before(named_after)) {
    const auto at = time_of(file.filename().string().substr(beginning_of_kept(named_after).size()));
    if (at && (!newest || newest->at < *at)) newest = KeptCache{file, *at};
  }
  return newest;
}

Result<> keep_under_dated_name(const fs::path& file, WallTime now) {
  const fs::path kept = dated(file, now);
  std::error_code unreadable;
  if (fs::exists(kept, unreadable) || unreadable) {
    return failure(Remedy::retry, fmt::format("{} is there already", kept.string()));
  }
  return rename_file(file, kept);
}

Result<> rename_cache(const fs::path& from, const fs::path& to) {
  std::error_code unreadable;
  if (fs::exists(to, unreadable) || unreadable) {
    return failure(Remedy::retry, fmt::format("{} is there", to.string()));
  }
  if (Result<> removed = remove_remains(to); !removed) return removed;
  {
    auto database = sqlite::Database::open(from, sqlite::Access::create, milliseconds{0},
                                           sqlite::Sharing::threads);
    if (!database) return propagate(std::move(database));
    if (Result<> logged = database->use_write_ahead_log(); !logged) return logged;
    if (Result<> copied = database->checkpoint(); !copied) return copied;
  }
  if (fs::exists(with_suffix(from, "-wal"), unreadable) || unreadable) {
    return failure(Remedy::retry, fmt::format("the log of {} is still there", from.string()));
  }
  if (Result<> renamed = rename_file(from, to); !renamed) return renamed;
  return sync_folder(to.parent_path());
}

}  // namespace gatehouse::store
