#include "store/cache/cache_home.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "store/cache/cache_names.hpp"

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

}  // namespace

CacheHome::CacheHome(CachePlaces places)
    : places_(std::move(places)), paths_{places_.file, places_.file.string() + ".new", {}} {}

CacheHome::~CacheHome() {
  delete_stand_in(path(stand_in));
}

bool CacheHome::exists(Place place) const {
  std::error_code unreadable;
  return fs::exists(path(place), unreadable);
}

Result<CacheEnds> CacheHome::open() {
  auto opened = open_file();
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

Result<CacheEnds> CacheHome::open_file() {
  // Never with another key: the file would count as useless, and be replaced by an empty one.
  if (Result<> loaded = load_key(false, {}); !loaded) return propagate(std::move(loaded));
  for (const Place each : {cache_db, beside}) {
    if (exists(each) && is_noted(path(each))) return open_beside_damage(each);
  }
  if (!exists(cache_db) && exists(beside)) {
    // What cannot be renamed serves under the name that it has.
    if (!rename_cache(path(beside), path(cache_db))) return open_place(beside);
  }
  // A leftover: what is filled beside another time must not begin with its cursor.
  (void)remove_cache(path(beside));
  return open_place(cache_db);
}

Result<CacheEnds> CacheHome::open_beside_damage(Place damaged) {
  const Place fresh = other(damaged);
  if (exists(fresh) && !is_noted(path(fresh))) {
    auto opened = open_place(fresh);
    const auto position = opened ? opened->writer.position() : Result<FeedPosition>{};
    if (opened && position && position->complete) {
      (void)remove_cache(path(damaged));  // it was left by a run that ended while it took over
      return opened;
    }
  }
  auto opened = open_as_it_is(damaged);
  if (opened) {
    serve_damaged("was found damaged before this start");
    return opened;
  }
  if (opened.error().remedy == Remedy::retry) return opened;
  // It can serve nobody: an empty one is no worse.
  return open_place(exists(fresh) ? fresh : damaged);
}

Result<CacheEnds> CacheHome::open_place(Place place) {
  if (exists(place) && !is_noted(path(place))) {
    auto opened = open_as_it_is(place);
    // The others are of no use to anybody, or not to be touched.
    if (opened || opened.error().remedy == Remedy::retry) return opened;
  }
  versions_[place].damaged = false;
  auto writer = CacheWriter::open(path(place), *key_, versions_[place]);
  if (!writer) return propagate(std::move(writer));
  serving_ = place;
  condition_ = CacheCondition::well;
  reason_.clear();
  return with_reader(place, std::move(*writer));
}

Result<CacheEnds> CacheHome::open_as_it_is(Place place) {
  versions_[place].damaged = false;
  auto writer =
      CacheWriter::open_as_it_is(path(place), *key_, versions_[place], milliseconds{5'000});
  if (!writer) return propagate(std::move(writer));
  serving_ = place;
  condition_ = CacheCondition::well;
  reason_.clear();
  (void)writer->look_over();  // what it finds is asked for next
  (void)look_for_damage();
  return with_reader(place, std::move(*writer));
}

void CacheHome::serve_damaged(std::string why) {
  condition_ = CacheCondition::damaged;
  reason_ = fmt::format("{} {}", path(serving_).string(), why);
}

Result<CacheEnds> CacheHome::with_reader(Place place, CacheWriter writer) {
  auto reader = CacheReader::open(path(place), *key_, versions_[place]);
  if (!reader) return propagate(std::move(reader));
  return CacheEnds{std::move(writer), std::move(*reader)};
}

Result<CacheEnds> CacheHome::open_stand_in() {
  auto key = HashKey::random();
  if (!key) return propagate(std::move(key));
  auto folder = places_.make_stand_in();
  if (!folder) return propagate(std::move(folder));
  paths_[stand_in] = *folder / "cache.db";
  key_ = *key;
  auto opened = open_place(stand_in);
  if (!opened) return opened;
  if (Result<> limited = opened->writer.limit_size(stand_in_bytes(*folder)); !limited) {
    return propagate(std::move(limited));
  }
  return opened;
}

Result<> CacheHome::load_key(bool may_make_new, WallTime now) {
  auto key = HashKey::load(places_.credential, places_.hash_key);
  if (!key && may_make_new && places_.credential.empty() && key.error().remedy == Remedy::repair) {
    if (Result<> kept = set_cache_aside(places_.hash_key, places_.hash_key, now); !kept) {
      return propagate(std::move(kept), "hash key");
    }
    key = HashKey::load(places_.credential, places_.hash_key);
  }
  if (!key) return propagate(std::move(key), "hash key");
  key_ = *key;
  return {};
}

bool CacheHome::look_for_damage() {
  if (condition_ != CacheCondition::well || !versions_[serving_].damaged) return false;
  note_damage(path(serving_));
  serve_damaged("has a damaged page");
  return true;
}

Result<CacheWriter> CacheHome::open_next(bool feed_answers, WallTime now) {
  if (Result<> loaded = load_key(feed_answers, now); !loaded) return propagate(std::move(loaded));
  const Place place = serving_ != stand_in                  ? other(serving_)
                      : !exists(cache_db) && exists(beside) ? beside
                                                            : cache_db;
  versions_[place].damaged = false;
  auto writer = CacheWriter::open(path(place), *key_, versions_[place], milliseconds{0});
  if (!writer) return writer;
  next_ = place;
  return writer;
}

Result<CacheReader> CacheHome::open_next_reader() {
  auto reader = CacheReader::open(path(*next_), *key_, versions_[*next_]);
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
  if (!read) return propagate(std::move(read));
  return reader;
}

bool CacheHome::next_is_damaged() {
  if (!next_ || !versions_[*next_].damaged) return false;
  note_damage(path(*next_));
  next_.reset();
  return true;
}

void CacheHome::take_over() {
  before_ = serving_;
  serving_ = *std::exchange(next_, std::nullopt);
  condition_ = CacheCondition::well;
  reason_.clear();
}

Result<> CacheHome::leave(WallTime now) {
  const Place place = *std::exchange(before_, std::nullopt);
  if (place != stand_in) return set_cache_aside(path(place), path(cache_db), now);
  delete_stand_in(path(stand_in));
  return {};
}

}  // namespace gatehouse::store
