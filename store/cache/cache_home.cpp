#include "store/cache/cache_home.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "store/cache/cache_names.hpp"
#include "store/values/durable_file.hpp"

namespace gatehouse::store {
namespace {

namespace fs = std::filesystem;

/// Half of what is free: others on this machine need the same memory.
std::int64_t stand_in_bytes(const fs::path& folder) {
  std::error_code unknown;
  const auto space = fs::space(folder, unknown);
  if (unknown) return stand_in_max_bytes;
  return std::min(stand_in_max_bytes, static_cast<std::int64_t>(space.available / 2));
}

void delete_stand_in(const fs::path& file) {
  std::error_code kept;  // it takes memory, and no more
  if (!file.empty()) fs::remove_all(file.parent_path(), kept);
}

constexpr milliseconds lock_wait_at_start{5'000};

/// It could be read, and is no hash key. One that cannot be read may still be the true one.
bool has_wrong_size(const fs::path& hash_key) {
  constexpr std::size_t read_max_bytes = 1'048'576;
  const auto bytes = read_file(hash_key, read_max_bytes);
  return bytes && bytes->size() != HashKey{}.bytes().size();
}

bool knows_more(CacheWriter& one, CacheWriter& other) {
  const FeedPosition here = one.position().value_or(FeedPosition{});
  const FeedPosition there = other.position().value_or(FeedPosition{});
  if (here.complete != there.complete) return here.complete;
  return here.synced_at > there.synced_at;
}

}  // namespace

CacheHome::CacheHome(CachePlaces places)
    : places_(std::move(places)), paths_{places_.file, places_.file.string() + ".new", {}} {}

CacheHome::~CacheHome() {
  delete_stand_in(path(stand_in));
  // A release before this one knows the one name alone.
  if (serving_ == beside && !is_noted(path(beside))) {
    (void)rename_cache(path(beside), path(cache_db));
  }
}

bool CacheHome::exists(Place place) const {
  std::error_code unreadable;
  return fs::exists(path(place), unreadable);
}

Result<CacheEnds> CacheHome::open(WallTime now) {
  auto opened = open_file({lock_wait_at_start, now});
  kept_ = find_kept(path(cache_db));
  if (opened) return opened;
  auto instead = open_stand_in();
  if (!instead) {
    return failure(Remedy::repair, fmt::format("{}; nor can a stand-in be opened: {}",
                                               opened.error().message, instead.error().message));
  }
  serving_ = stand_in;
  condition_ = CacheCondition::stand_in;
  reason_ = std::move(opened.error().message);
  return instead;
}

Result<CacheEnds> CacheHome::open_file(Opening opening) {
  if (Result<> held = hold_folder(); !held) return propagate(std::move(held));
  // Never with another key: the file would count as useless, and be replaced by an empty one.
  if (Result<> loaded = load_key(); !loaded) return propagate(std::move(loaded));
  auto found = find_file(opening);
  if (!found) return propagate(std::move(found));
  return serve(std::move(*found));
}

Result<CacheHome::Found> CacheHome::find_file(Opening opening) {
  const bool one = is_noted(path(cache_db));
  const bool two = is_noted(path(beside));
  if (one && two) return find_of_two_damaged(opening);
  if (one || two) return find_beside_damage(one ? cache_db : beside, opening);
  if (!exists(cache_db) && exists(beside)) {
    // What cannot be renamed serves under the name that it has.
    if (!rename_cache(path(beside), path(cache_db))) return open_place(beside, opening);
  }
  // A leftover: what is filled beside another time must not begin with its cursor.
  (void)remove_cache(path(beside));
  return open_place(cache_db, opening);
}

Result<CacheHome::Found> CacheHome::find_beside_damage(Place damaged, Opening opening) {
  const Place fresh = other(damaged);
  if (exists(fresh)) {
    auto opened = open_place(fresh, opening);
    const auto position = opened ? opened->writer.position() : Result<FeedPosition>{};
    if (opened && opened->damage.empty() && position && position->complete) {
      (void)remove_cache(path(damaged));  // it was left by a run that ended while it took over
      return opened;
    }
  }
  if (is_noted(path(fresh))) return find_of_two_damaged(opening);
  auto opened = open_as_it_is(damaged, opening.lock_wait_max);
  if (opened || opened.error().remedy == Remedy::retry) return opened;
  // It can serve nobody: an empty one is no worse.
  if (Result<> left = leave_useless(damaged, opened.error(), opening.now); !left) {
    return propagate(std::move(left));
  }
  return open_place(exists(fresh) ? fresh : damaged, opening);
}

Result<CacheHome::Found> CacheHome::find_of_two_damaged(Opening opening) {
  auto one = open_as_it_is(cache_db, opening.lock_wait_max);
  if (!one && one.error().remedy == Remedy::retry) return one;
  auto two = open_as_it_is(beside, opening.lock_wait_max);
  if (!two && two.error().remedy == Remedy::retry) return two;
  if (!one && !two) {
    Result<> left = leave_useless(cache_db, one.error(), opening.now);
    if (!left) return propagate(std::move(left));
    return open_or_replace(cache_db, opening.lock_wait_max);
  }
  if (!one) return two;
  if (!two) return one;
  return knows_more(two->writer, one->writer) ? std::move(two) : std::move(one);
}

Result<CacheHome::Found> CacheHome::open_place(Place place, Opening opening) {
  if (exists(place) && !is_noted(path(place))) {
    auto opened = open_as_it_is(place, opening.lock_wait_max);
    if (opened || opened.error().remedy == Remedy::retry) return opened;
    if (Result<> left = leave_useless(place, opened.error(), opening.now); !left) {
      return propagate(std::move(left));
    }
  }
  return open_or_replace(place, opening.lock_wait_max);
}

Result<CacheHome::Found> CacheHome::open_as_it_is(Place place, milliseconds lock_wait_max) {
  versions_[place].damaged = false;
  const bool noted = is_noted(path(place));
  auto writer =
      CacheWriter::open_as_it_is(path(place), key_of(place), versions_[place], lock_wait_max);
  if (!writer) return propagate(std::move(writer));
  (void)writer->look_over();  // what it finds is asked for next
  Found found{place, std::move(*writer), noted ? "was found damaged before" : ""};
  if (!noted && versions_[place].damaged) {
    (void)note_damage(path(place));
    found.damage = "has a damaged page";
  }
  return found;
}

Result<CacheHome::Found> CacheHome::open_or_replace(Place place, milliseconds lock_wait_max) {
  versions_[place].damaged = false;
  auto writer = CacheWriter::open(path(place), key_of(place), versions_[place], lock_wait_max);
  if (!writer) return propagate(std::move(writer));
  return Found{place, std::move(*writer)};
}

/// What serves nobody is kept for whoever wants to know what happened to it, but for one of another
/// hash key, which is whole: that is replaced.
Result<> CacheHome::leave_useless(Place place, const Error& useless, WallTime now) {
  if (useless.remedy == Remedy::reject) return {};
  Result<> kept = set_cache_aside(path(place), path(cache_db), now);
  kept_ = find_kept(path(cache_db));
  if (kept) why_useless_ = useless.message;
  return kept;
}

Result<CacheEnds> CacheHome::serve(Found found) {
  auto reader = CacheReader::open(path(found.place), key_of(found.place), versions_[found.place]);
  if (!reader) return propagate(std::move(reader));
  serving_ = found.place;
  set_condition(found.damage);
  return CacheEnds{std::move(found.writer), std::move(*reader)};
}

void CacheHome::set_condition(const std::string& damage) {
  condition_ = damage.empty() ? CacheCondition::well : CacheCondition::damaged;
  reason_ = damage.empty() ? "" : fmt::format("{} {}", path(serving_).string(), damage);
}

Result<CacheEnds> CacheHome::open_stand_in() {
  auto key = HashKey::random();
  if (!key) return propagate(std::move(key));
  auto folder = places_.make_stand_in();
  if (!folder) return propagate(std::move(folder));
  paths_[stand_in] = *folder / "cache.db";
  stand_in_key_ = *key;
  auto found = open_or_replace(stand_in, lock_wait_at_start);
  if (!found) return propagate(std::move(found));
  if (Result<> limited = found->writer.limit_size(stand_in_bytes(*folder)); !limited) {
    return propagate(std::move(limited));
  }
  return serve(std::move(*found));
}

const HashKey& CacheHome::key_of(Place place) const {
  return place == stand_in ? *stand_in_key_ : *key_;
}

Result<> CacheHome::hold_folder() {
  return places_.hold_folder ? places_.hold_folder() : Result<>{};
}

Result<> CacheHome::load_key() {
  if (key_) return {};
  auto key = HashKey::load(places_.credential, places_.hash_key);
  if (!key) return propagate(std::move(key), "hash key");
  key_ = *key;
  return {};
}

Result<> CacheHome::load_or_renew_key(WallTime now) {
  Result<> loaded = load_key();
  if (loaded || !places_.credential.empty() || !has_wrong_size(places_.hash_key)) return loaded;
  if (Result<> kept = keep_under_dated_name(places_.hash_key, now); !kept) {
    return propagate(std::move(kept), "hash key");
  }
  return load_key();
}

bool CacheHome::look_for_damage() {
  if (condition_ == CacheCondition::damaged && !is_noted(path(serving_))) {
    (void)note_damage(path(serving_));  // the disk may have been full
  }
  if (condition_ != CacheCondition::well || !versions_[serving_].damaged) return false;
  (void)note_damage(path(serving_));
  set_condition("has a damaged page");
  return true;
}

Result<CacheWriter> CacheHome::open_next(WhatServes what, WallTime now) {
  constexpr milliseconds at_once{0};
  if (Result<> held = hold_folder(); !held) return propagate(std::move(held));
  if (serving_ != stand_in) return take_as_next(open_or_replace(other(serving_), at_once));
  Result<> loaded = what.feed_answers ? load_or_renew_key(now) : load_key();
  if (!loaded) return propagate(std::move(loaded));
  auto found = find_file({at_once, now});
  if (!found || found->damage.empty() || !what.is_whole) return take_as_next(std::move(found));
  const Place place = other(found->place);
  found = failure(Remedy::retry, "");  // closes it
  return take_as_next(open_or_replace(place, at_once));
}

Result<CacheWriter> CacheHome::take_as_next(Result<Found> found) {
  if (!found) return propagate(std::move(found));
  next_ = found->place;
  next_damage_ = std::move(found->damage);
  return std::move(found->writer);
}

Result<CacheReader> CacheHome::open_next_reader() {
  auto reader = CacheReader::open(path(*next_), key_of(*next_), versions_[*next_]);
  if (!reader) return reader;
  // The first use of a statement reads the schema: not while a scan waits.
  constexpr std::string_view nobody{};
  const SteadyTime then{};
  Result<> read;
  const auto look = [&read](auto found) {
    if (read && !found) read = propagate(std::move(found));
  };
  look(reader->find(nobody, then));
  look(reader->loyalty_of_key(nobody, then));
  look(reader->loyalty_of_shopper(nobody, then));
  look(reader->instrument(nobody, then));
  look(reader->position());
  reader->release(SteadyTime::max());
  if (!read && next_damage_.empty()) return propagate(std::move(read));
  return reader;
}

bool CacheHome::next_is_damaged() {
  if (!next_ || serves_as_it_is() || !versions_[*next_].damaged) return false;
  (void)note_damage(path(*next_));
  next_.reset();
  return true;
}

void CacheHome::take_over() {
  before_ = serving_;
  serving_ = *std::exchange(next_, std::nullopt);
  set_condition(std::exchange(next_damage_, {}));
}

Result<> CacheHome::leave(WallTime now) {
  const Place place = *std::exchange(before_, std::nullopt);
  Result<> left;
  if (place != stand_in) {
    left = set_cache_aside(path(place), path(cache_db), now);
  } else {
    delete_stand_in(path(stand_in));
  }
  kept_ = find_kept(path(cache_db));
  return left;
}

}  // namespace gatehouse::store
