#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "store/cache/cache.hpp"
#include "store/cache/key_hash.hpp"
#include "store/values/result.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

/// Both ends of one file.
struct CacheEnds {
  CacheWriter writer;
  CacheReader reader;
};

struct CachePlaces {
  std::filesystem::path file;        ///< cache.db
  std::filesystem::path hash_key;    ///< as in HashKey::load()
  std::filesystem::path credential;  ///< the same
  /// Makes an empty folder for a stand-in that no other user can enter.
  std::function<Result<std::filesystem::path>()> make_stand_in;
};

enum class CacheCondition {
  well,
  damaged,   ///< serves what can still be read
  stand_in,  ///< empty at first, in memory, for a file or a hash key that cannot be used
};

/// Some two million shoppers; MemoryMax= of the unit is 1 GiB. Beyond it the feed waits
/// (`feed_failing`), and the scans of those that are missing are answered as unknown.
inline constexpr std::int64_t stand_in_max_bytes = std::int64_t{384} * 1024 * 1024;

/// Which file the cache is, so that a part of it can fail and be made anew while it serves.
///
/// There are two names, cache.db and cache.db.new: where one is damaged, another cache is filled
/// under the other name and takes over when it is whole; it is called cache.db again at the next
/// start, for a name is changed only while nobody has the file open. A damaged one is kept as
/// cache.db.damaged-<time>, the newest alone. Where neither file can be opened, or the hash key
/// cannot be read, a stand-in serves, and the file takes its place as soon as it can be.
///
/// Only damage makes a file be replaced. What passes (another program, a full disk, one failed
/// read) does not.
///
/// Used before the sync thread starts, and then on it. Outlives all ends.
class CacheHome {
 public:
  explicit CacheHome(CachePlaces places);
  ~CacheHome();
  CacheHome(const CacheHome&) = delete;
  CacheHome& operator=(const CacheHome&) = delete;

  /// At a start, once: opens what serves. condition() says what that is. Fails where no stand-in
  /// can be made either.
  [[nodiscard]] Result<CacheEnds> open();

  [[nodiscard]] CacheCondition condition() const { return condition_; }
  /// Why it is not well, '' where it is.
  [[nodiscard]] const std::string& reason() const { return reason_; }

  /// Whether the ends of what serves met damage since it was opened: then it is noted, for a start
  /// too, and condition() is `damaged`. True once for each.
  [[nodiscard]] bool look_for_damage();

  /// Opens what is to take the place of what serves: empty, or as far as it was filled before.
  /// Waits for no lock. A hash key that cannot be used is kept under another name, and a new one
  /// made, only if `feed_answers`: only then can the cache be filled again.
  [[nodiscard]] Result<CacheWriter> open_next(bool feed_answers, WallTime now);
  /// Once it was opened. Its statements are prepared, and it has read.
  [[nodiscard]] Result<CacheReader> open_next_reader();
  /// Whether that met damage itself. Close it, and call open_next() for an empty one.
  [[nodiscard]] bool next_is_damaged();
  /// It serves from now on. What served before stays as it is until leave() is called.
  void take_over();
  /// Both ends of what served before are closed: it is kept under another name where it was
  /// damaged, and deleted where it stood in.
  [[nodiscard]] Result<> leave(WallTime now);

 private:
  enum Place : std::size_t { cache_db, beside, stand_in, places_count };

  [[nodiscard]] const std::filesystem::path& path(Place place) const { return paths_[place]; }
  [[nodiscard]] bool exists(Place place) const;
  [[nodiscard]] static Place other(Place place) { return place == cache_db ? beside : cache_db; }
  Result<CacheEnds> open_file();
  Result<CacheEnds> open_beside_damage(Place damaged);
  Result<CacheEnds> open_stand_in();
  Result<CacheEnds> open_place(Place place);
  /// With what can be read of it. Never replaced.
  Result<CacheEnds> open_as_it_is(Place place);
  void serve_damaged(std::string why);
  Result<CacheEnds> with_reader(Place place, CacheWriter writer);
  Result<> load_key(bool may_make_new, WallTime now);

  CachePlaces places_;
  std::array<std::filesystem::path, places_count> paths_;
  std::array<CacheVersion, places_count> versions_;
  std::optional<HashKey> key_;  ///< of the place that was opened last
  Place serving_ = cache_db;
  std::optional<Place> next_;
  std::optional<Place> before_;
  CacheCondition condition_ = CacheCondition::well;
  std::string reason_;
};

}  // namespace gatehouse::store
