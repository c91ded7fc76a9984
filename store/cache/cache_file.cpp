#include "store/cache/cache_file.hpp"

#include <fmt/format.h>

#include "store/cache/cache_names.hpp"
#include "store/sql/cache_migrations.hpp"
#include "store/sql/cache_sql.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/schema_number.hpp"

namespace gatehouse::store {
namespace {

// NORMAL: only a checkpoint waits for the disk. 16 MB each of pages and of log: hashes come in
// random order, so a first load touches the same leaves again and again, and need not read and copy
// them each time.
constexpr const char* settings =
    "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000;"
    "PRAGMA trusted_schema = OFF; PRAGMA journal_size_limit = 67108864; PRAGMA busy_timeout = 5000";

constexpr milliseconds lock_wait_default{5'000};

/// Only this process has the cache open, so that it can be opened on a disk without a free block:
/// scans are answered whatever the disk is like.
Result<sqlite::Database> open_database(const std::filesystem::path& file, sqlite::Access access,
                                       milliseconds lock_wait_max) {
  return sqlite::Database::open(file, access, lock_wait_max, sqlite::Sharing::threads);
}

/// Why a file is of no use to anybody, '' where it is.
struct Useless {
  std::string why;
  Remedy remedy = Remedy::repair;  ///< reject: it is whole, and of another hash key
};

/// As Useless: whether the cache was hashed with the key in use.
Result<Useless> compare_hash_key(sqlite::Database& database, const KeyHash& key_check) {
  sqlite::Statement insert(database.handle(), cache_sql::insert_position);
  if (Result<> kept = insert.run(as_blob(key_check)); !kept) {
    return propagate(std::move(kept));
  }
  sqlite::Statement select(database.handle(), cache_sql::compare_key_check);
  auto same =
      select.first([](const sqlite::Rows& row) { return row.integer(0) == 1; }, as_blob(key_check));
  if (!same) return propagate(std::move(same));
  if (same->value_or(false)) return Useless{};
  return Useless{"its keys were hashed with another hash key", Remedy::reject};
}

enum class Damage { fails, is_tolerated };

/// Whether it is the file itself that fails: not the disk, and not who may use it.
bool can_be_written(sqlite::Database& database) {
  const Result<> begun = database.execute("BEGIN IMMEDIATE; ROLLBACK");
  return begun || database.found_damage();
}

/// Makes the opened file ready, or says why it has to be replaced.
Result<Useless> make_ready(sqlite::Database& database, const KeyHash& key_check, Damage damage) {
  const auto settle = [&]() -> Result<Useless> {
    Result<> done = database.use_write_ahead_log();
    if (done) done = database.execute(settings);
    if (done) done = sqlite::migrate(database, sql::cache_migrations);
    if (done && damage == Damage::fails) done = look_over(database);
    if (!done) return propagate(std::move(done));
    return compare_hash_key(database, key_check);
  };
  Result<Useless> settled = settle();
  if (settled || settled.error().remedy == Remedy::retry) return settled;
  // Damage and a stranger's tables are cured by an empty file.
  if (can_be_written(database)) return Useless{std::move(settled.error().message)};
  settled.error().remedy = Remedy::retry;
  return settled;
}

/// One flipped bit in the number of the schema costs nobody the cache: the tables say which it is.
/// True where it was corrected.
bool correct_number(sqlite::Database& database) {
  const auto said = database.integer("PRAGMA user_version");
  const auto tables = sqlite::number_by_tables(database, sql::cache_migrations);
  if (!said || !tables || !*tables || **tables == *said) return false;
  return database.execute(fmt::format("PRAGMA user_version = {}", **tables)).has_value();
}

/// Opened, as far as its schema is not newer than we know. Whether it is of use is to be seen.
Result<CacheFile> open_known(const std::filesystem::path& file, milliseconds lock_wait_max) {
  auto database = open_database(file, sqlite::Access::create, lock_wait_max);
  if (!database) return propagate(std::move(database));
  Result<> newer = sqlite::refuse_newer(*database, sql::cache_migrations);
  const bool damaged = !newer && database->found_damage();
  const bool unreadable = !newer && newer.error().remedy == Remedy::retry;
  const bool corrected = !damaged && !unreadable && correct_number(*database);
  if (!newer && !damaged && !corrected) return propagate(std::move(newer), file.string());
  if (database->is_read_only()) {
    return failure(Remedy::retry,
                   fmt::format("{} can be read but not written: it and its folder must belong to "
                               "the user that gatehoused runs as, and the disk be writable",
                               file.string()));
  }
  return CacheFile{std::move(*database), "", corrected};
}

}  // namespace

Result<CacheFile> open_cache_file(const std::filesystem::path& file, const KeyHash& key_check,
                                  milliseconds lock_wait_max) {
  std::string reason;
  if (is_noted(file)) reason = "damage was found in use";
  if (Result<> removed = remove_remains(file); !removed) return propagate(std::move(removed));
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (!reason.empty()) {
      if (Result<> removed = remove_cache(file); !removed) {
        return propagate(std::move(removed));
      }
    }
    auto opened = open_known(file, lock_wait_max);
    if (!opened) return propagate(std::move(opened));
    Result<Useless> useless = make_ready(opened->database, key_check, Damage::fails);
    if (!useless) return propagate(std::move(useless), "opening the shopper cache");
    if (opened->had_wrong_number) useless->why = "the number of its schema is damaged";
    if (useless->why.empty()) return CacheFile{std::move(opened->database), std::move(reason)};
    reason = std::move(useless->why);
  }
  return failure(Remedy::repair, fmt::format("a new shopper cache cannot be used: {}", reason));
}

Result<CacheFile> open_cache_as_it_is(const std::filesystem::path& file, const KeyHash& key_check,
                                      milliseconds lock_wait_max) {
  auto opened = open_known(file, lock_wait_max);
  if (!opened) return failure(Remedy::retry, std::move(opened.error().message));
  auto useless = make_ready(opened->database, key_check, Damage::is_tolerated);
  if (!useless) return propagate(std::move(useless), "opening the shopper cache");
  if (!useless->why.empty()) return failure(useless->remedy, std::move(useless->why));
  return opened;
}

Result<sqlite::Database> open_cache_to_read(const std::filesystem::path& file) {
  auto database = open_database(file, sqlite::Access::read_only, lock_wait_default);
  if (!database) return database;
  Result<> current = sqlite::require_current(*database, sql::cache_migrations);
  if (!current) return propagate(std::move(current), file.string());
  return database;
}

Result<> look_over(sqlite::Database& database) {
  return sqlite::Statement(database.handle(), cache_sql::look_over).run();
}

Error damage_error(Error found) {
  return std::move(found).with_context(
      "the shopper cache is damaged, a new one is filled beside it from the feed");
}

sqlite::Blob as_blob(const KeyHash& hash) {
  return {{reinterpret_cast<const char*>(hash.data()), hash.size()}};
}

FeedPosition read_position(const sqlite::Rows& row) {
  FeedPosition position;
  position.cursor = row.string(0);
  position.complete = row.integer(1) != 0;
  if (row.integer(2) != 0) position.synced_at = row.time(2);
  return position;
}

}  // namespace gatehouse::store
