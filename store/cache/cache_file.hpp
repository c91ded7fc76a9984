#pragma once

#include <filesystem>
#include <string>

#include "store/cache/cache.hpp"
#include "store/sqlite/database.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store {

/// The opened cache, and why it was replaced by an empty one ('' if it was not).
struct CacheFile {
  sqlite::Database database;
  std::string rebuilt;
};

/// Opens, creates, migrates or replaces the cache, as CacheWriter::open says. `key_check` is
/// KeyHasher::key_check() of the hash key in use.
[[nodiscard]] Result<CacheFile> open_cache_file(const std::filesystem::path& file,
                                                const KeyHash& key_check);
/// The cache as a reader opens it: read-only, with the schema known here.
[[nodiscard]] Result<sqlite::Database> open_cache_to_read(const std::filesystem::path& file);

/// Leaves the note that the next open_cache_file() has to replace the file. The error, said so.
[[nodiscard]] Error note_damage(const std::filesystem::path& file, Error found);

[[nodiscard]] sqlite::Blob as_blob(const KeyHash& hash);

/// Reads the row of feed_position as the statement select_position gives it.
[[nodiscard]] FeedPosition read_position(const sqlite::Rows& row);

}  // namespace gatehouse::store
