#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "store/cache/cache.hpp"
#include "store/cache/cache_names.hpp"
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
  std::move_only_function<Result<std::filesystem::path>()> make_stand_in;
  /// Asked before a file is opened that did not serve before: a failure means that their folder is
  /// not ours, and must not be touched. Empty: nobody contests it.
  std::move_only_function<Result<>()> hold_folder{};
};

enum class CacheCondition {
  well,
  damaged,   ///< serves what can still be read
  stand_in,  ///< empty at first, in memory, for a file or a hash key that cannot be used
};

/// Some two million shoppers; MemoryMax= of the unit is 1 GiB. Beyond it the feed waits
/// (`feed_failing`), and the scans of those that are missing are answered as unknown.
inline constexpr std::int64_t stand_in_max_bytes = std::int64_t{384} * 1024 * 1024;

/// What open_next() has to know of what serves.
struct WhatServes {
  bool feed_answers = false;
  bool is_whole = false;  ///< it was in step with the feed once, and somebody is in it
};

/// Which file the cache is, so that a part of it can fail and be made anew while it serves.
///
/// There are two names, cache.db and cache.db.new: where one is damaged, another cache is filled
/// under the other name and takes over when it is whole; it is called cache.db again once this
/// stops, or at the next start, for a name is changed only while nobody has the file open. A
/// damaged one that was left, or can serve nobody, is kept as cache.db.damaged-<time>, the newest
/// alone; where the run ended before it could be, the next start deletes it. Where neither file can
/// be opened, or the hash key cannot be read, a stand-in serves, and a file takes its place as soon
/// as it can be.
///
/// A file that serves, or that a start would serve, is never emptied or replaced; only the place
/// beside it is. Where no file can serve anybody, because of damage, another hash key or a
/// stranger's tables, an empty one takes its place. What passes (another program, a full disk, one
/// failed read, who may use the file) replaces none.
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
  [[nodiscard]] Result<CacheEnds> open(WallTime now);

  [[nodiscard]] CacheCondition condition() const { return condition_; }
  /// Why it is not well, '' where it is.
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// The newest damaged cache that is kept, as of the last time that one was; nullopt: none is.
  [[nodiscard]] const std::optional<KeptCache>& kept() const { return kept_; }
  /// Why a file could serve nobody, so that this run has put an empty one in its place; '' : none
  /// was.
  [[nodiscard]] const std::string& why_useless() const { return why_useless_; }

  /// Whether the ends of what serves met damage since it was opened: then it is noted, for a start
  /// too, and condition() is `damaged`. True once for each.
  [[nodiscard]] bool look_for_damage();

  /// Opens what is to take the place of what serves; waits 5 s at most for a lock. Beside a file:
  /// the other place, empty or as far as it was filled before. Where a stand-in serves: what a
  /// start would open, damaged or not; but if the stand-in is whole, it is worth more than a
  /// damaged file, and the place beside that one is opened.
  ///
  /// A hash key that was read in this run is the one in use, whatever becomes of its file. Where
  /// none could be, and its file can be read and has another length, that is kept under another
  /// name and a new one made, only if the feed answers: only then can the cache be filled again.
  [[nodiscard]] Result<CacheWriter> open_next(WhatServes what, WallTime now);
  /// It was opened for what can still be read of it, as at a start, and is damaged once it serves.
  [[nodiscard]] bool serves_as_it_is() const { return !next_damage_.empty(); }
  /// Once it was opened. Its statements are prepared, and it has read; where that meets damage,
  /// this fails, but for one that serves as it is.
  [[nodiscard]] Result<CacheReader> open_next_reader();
  /// Whether that met damage itself: then it is noted. Close it, and call open_next() again.
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
  /// How long to wait for a lock, and the time of now.
  struct Opening {
    milliseconds lock_wait_max;
    WallTime now;
  };
  /// A file that can serve, opened; `damage` is '' or why it serves what can be read of it alone.
  struct Found {
    Place place;
    CacheWriter writer;
    std::string damage{};
  };
  Result<CacheEnds> open_file(Opening opening);
  Result<CacheEnds> open_stand_in();
  Result<CacheEnds> serve(Found found);
  Result<Found> find_file(Opening opening);
  Result<Found> find_beside_damage(Place damaged, Opening opening);
  Result<Found> find_of_two_damaged(Opening opening);
  Result<Found> open_place(Place place, Opening opening);
  /// With what can be read of it. Never replaced.
  Result<Found> open_as_it_is(Place place, milliseconds lock_wait_max);
  [[nodiscard]] Result<> leave_useless(Place place, const Error& useless, WallTime now);
  Result<Found> open_or_replace(Place place, milliseconds lock_wait_max);
  Result<CacheWriter> take_as_next(Result<Found> found);
  void set_condition(const std::string& damage);
  [[nodiscard]] const HashKey& key_of(Place place) const;
  Result<> hold_folder();
  Result<> load_key();
  Result<> load_or_renew_key(WallTime now);

  CachePlaces places_;
  std::array<std::filesystem::path, places_count> paths_;
  std::array<CacheVersion, places_count> versions_;
  std::optional<HashKey> key_;  ///< of both files, once it could be read
  std::optional<HashKey> stand_in_key_;
  Place serving_ = cache_db;
  std::optional<Place> next_;
  std::string next_damage_;  ///< as in Found
  std::optional<Place> before_;
  CacheCondition condition_ = CacheCondition::well;
  std::string reason_;
  std::optional<KeptCache> kept_;
  std::string why_useless_;
};

}  // namespace gatehouse::store
