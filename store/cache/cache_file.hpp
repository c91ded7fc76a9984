#pragma once

#include <filesystem>
#include <string>

#include "store/cache/key_hash.hpp"
#include "store/cache/records.hpp"
#include "store/sqlite/database.hpp"
#include "store/values/result.hpp"

namespace gatehouse::store {

/// The opened cache, and why it was replaced by an empty one ('' if it was not).
struct CacheFile {
  sqlite::Database database;
  std::string rebuilt;
  /// The number of its schema was not that of its tables: it was corrected, and more may be wrong.
  bool had_wrong_number = false;
};

/// Opens, creates, migrates or replaces the cache, as CacheWriter::open says. `key_check` is
/// KeyHasher::key_check() of the hash key in use.
[[nodiscard]] Result<CacheFile> open_cache_file(const std::filesystem::path& file,
                                                const KeyHash& key_check,
                                                milliseconds lock_wait_max);
/// As CacheWriter::open_as_it_is says.
[[nodiscard]] Result<CacheFile> open_cache_as_it_is(const std::filesystem::path& file,
                                                    const KeyHash& key_check,
                                                    milliseconds lock_wait_max);
[[nodiscard]] Result<> look_over(sqlite::Database& database);
/// The cache as a reader opens it: read-only, with the schema known here.
[[nodiscard]] Result<sqlite::Database> open_cache_to_read(const std::filesystem::path& file);

/// What a call fails with that met damage.
[[nodiscard]] Error damage_error(Error found);
/// What came of a call of a connection: where it failed by damage, `version` and the error say so.
template <class T>
[[nodiscard]] Result<T> look_for_damage(const sqlite::Database& database, CacheVersion& version,
                                        Result<T> result) {
  if (result || !database.found_damage()) return result;
  version.damaged.store(true, std::memory_order_relaxed);
  return std::unexpected(damage_error(std::move(result.error())));
}

[[nodiscard]] sqlite::Blob as_blob(const KeyHash& hash);

/// Reads the row of feed_position as the statement select_position gives it.
[[nodiscard]] FeedPosition read_position(const sqlite::Rows& row);

}  // namespace gatehouse::store
