#pragma once

#include <filesystem>
#include <optional>

#include "store/values/result.hpp"
#include "store/values/time.hpp"

// The files of one cache, by the name of its database: that, its log, and the note that says that
// it is damaged. Nothing here may be called while the cache is open, but for the two of the note.
namespace gatehouse::store {

/// Whether the file is there and note_damage() was called for it, also by a run before this one. A
/// note without its file means nothing.
[[nodiscard]] bool is_noted(const std::filesystem::path& file);
/// Leaves the note `<file>.damaged`. False where that fails too: a start finds the damage again.
bool note_damage(const std::filesystem::path& file);

/// Deletes it, the file itself first: a crash in between leaves no file without its log or without
/// its note, but remains that remove_remains() knows.
[[nodiscard]] Result<> remove_cache(const std::filesystem::path& file);
/// Where the file itself is not there: deletes a log and a note that were its own, so that the next
/// one of this name has neither. Where the file is there, does nothing.
[[nodiscard]] Result<> remove_remains(const std::filesystem::path& file);

/// Keeps it beside `named_after` as `<named_after>.damaged-<time>`, for whoever wants to know what
/// happened to it, and deletes those that were kept before, as far as it can. The note goes. Cut
/// off, it leaves what remove_cache() leaves.
[[nodiscard]] Result<> set_cache_aside(const std::filesystem::path& file,
                                       const std::filesystem::path& named_after, WallTime now);
/// A damaged cache that was kept.
struct KeptCache {
  std::filesystem::path file;
  WallTime at;  ///< by its name: when it was set aside, in whole seconds
};
/// The newest that set_cache_aside() has kept beside `named_after`, by this run or one before.
[[nodiscard]] std::optional<KeptCache> find_kept(const std::filesystem::path& named_after);
/// Of another file: renames it to `<file>.damaged-<time>`. Replaces and deletes nothing.
[[nodiscard]] Result<> keep_under_dated_name(const std::filesystem::path& file, WallTime now);

/// Gives it another name, under which no file may be; a log or a note that one has left there is
/// deleted. Its own log is copied into it first; where any of that cannot be, it keeps its name.
/// On disk when this returns.
[[nodiscard]] Result<> rename_cache(const std::filesystem::path& from,
                                    const std::filesystem::path& to);

}  // namespace gatehouse::store
