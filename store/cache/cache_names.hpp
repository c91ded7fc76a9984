#pragma once

#include <filesystem>

#include "store/values/result.hpp"
#include "store/values/time.hpp"

// The files of one cache, by the name of its database: that, its log, and the note that says that
// it is damaged. Nothing here may be called while the cache is open, but for the two of the note.
namespace gatehouse::store {

/// Whether note_damage() was called for it, also by a run before this one.
[[nodiscard]] bool is_noted(const std::filesystem::path& file);
/// Leaves the note `<file>.damaged`. Where that fails too, the damage is found again.
void note_damage(const std::filesystem::path& file);

/// Deletes it, the note last: a crash in between leaves no damaged cache without it.
[[nodiscard]] Result<> remove_cache(const std::filesystem::path& file);

/// Keeps it beside `named_after` as `<named_after>.damaged-<time>`, for whoever wants to know what
/// happened to it, and deletes any that was kept before. The note goes.
[[nodiscard]] Result<> set_cache_aside(const std::filesystem::path& file,
                                       const std::filesystem::path& named_after, WallTime now);

/// Gives it another name, under which nothing may be. Its log is copied into it first; where that
/// cannot be, everything stays as it is.
[[nodiscard]] Result<> rename_cache(const std::filesystem::path& from,
                                    const std::filesystem::path& to);

}  // namespace gatehouse::store
