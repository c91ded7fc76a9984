#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "store/cache/cache.hpp"
#include "store/cache/cache_home.hpp"
#include "store/values/time.hpp"
#include "sync/feed/feed.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// Which cache serves, and what is done about one that is not whole.
struct CacheStatus {
  store::CacheCondition condition = store::CacheCondition::well;
  std::string reason{};                    ///< why it is not well, '' where it is
  std::optional<WallTime> since{};         ///< of the condition; nullopt: well
  std::uint64_t changes_beside = 0;        ///< put into the cache that is to take over
  std::string trouble{};                   ///< why that one cannot be opened or filled, ''
  std::uint64_t replacements = 0;          ///< how often another one took over in this run
  std::string not_kept{};                  ///< why the last damaged file could not be set aside, ''
  std::optional<store::KeptCache> kept{};  ///< CacheHome::kept()
  std::string why_useless{};               ///< CacheHome::why_useless()
};

/// Carries a reader to the gate's thread, whose own then comes back by CacheUpkeep::take_back().
using HandOver = std::move_only_function<void(store::CacheReader)>;

/// What home.open() gave, but for the reader. Without a `hand_over` nobody reads.
struct ServedCache {
  store::CacheHome& home;
  store::CacheWriter writer;
  HandOver hand_over{};
  /// Once true, nothing long is begun, and what was is given up. Outlives all that is opened.
  const std::atomic<bool>* stopping = nullptr;
};

/// Keeps the cache in step with the feed, and whole: where what serves is damaged, or stands in for
/// a file that could not be opened, a second one is opened beside it (every cache_pause, until it
/// can be) and filled by a feed of its own. It takes over once it is in step, but not an empty one
/// while what serves may hold somebody; where a stand-in was never whole, or nobody is in it, a
/// file that was whole takes over at once, and one that is damaged, too. Meanwhile the one that
/// serves is followed as far as it can be.
///
/// One that was damaged while it was being filled is begun anew after pause_before_anew().
///
/// The gate is handed a reader of the new one and gives the old one back: neither waits for the
/// other, and the old file is closed here, once nobody reads it.
///
/// Sync thread only, but for take_back()'s caller. `home`, `transport` and `clock` outlive it.
class CacheUpkeep {
 public:
  CacheUpkeep(FeedOptions options, ServedCache cache, Transport& transport, const Clock& clock,
              Chance chance);

  /// As Feed::turn().
  [[nodiscard]] SteadyTime turn();
  /// Of the feed of what serves; its counters go on across a replacement.
  [[nodiscard]] FeedStatus feed() const;
  [[nodiscard]] CacheStatus cache() const;
  /// The reader that the gate had before.
  void take_back(store::CacheReader reader);

  // As of Feed.
  void stop();
  void reload(FeedOptions options);
  void sign_with(std::optional<AwsSigning> signing);

  static constexpr std::chrono::seconds cache_pause{5};

 private:
  struct Fed {
    store::CacheWriter writer;
    std::unique_ptr<Feed> feed;           ///< goes first: it uses the writer
    std::uint64_t syncs_while_empty = 0;  ///< in step with a feed that has nobody
  };
  [[nodiscard]] std::unique_ptr<Fed> fed(store::CacheWriter writer);
  void look_for_damage();
  [[nodiscard]] SteadyTime turn_next();
  void open_next();
  void begin_anew_later();
  [[nodiscard]] bool serving_is_whole() const;
  [[nodiscard]] bool next_is_better();
  void take_over();
  void leave();

  FeedOptions options_;
  store::CacheHome& home_;
  HandOver hand_over_;
  const std::atomic<bool>* stopping_;
  Transport& transport_;
  const Clock& clock_;
  Chance chance_;

  std::unique_ptr<Fed> serving_;
  std::unique_ptr<Fed> next_;    ///< is filled, to take over
  std::unique_ptr<Fed> before_;  ///< its reader is still at the gate; it has no feed
  FeedStatus until_now_;         ///< of the feeds before this one
  CacheStatus status_;
  SteadyTime try_at_;         ///< no next one is opened before
  int damaged_in_a_row_ = 0;  ///< of the next ones
  bool stopped_ = false;
};

/// How long the feed is left alone after the cache that was being filled was damaged, too: for the
/// first time cache_pause, then twice as long each time, an hour at most. A disk that is dying is
/// not written full round after round.
[[nodiscard]] std::chrono::seconds pause_before_anew(int damaged_before);

}  // namespace gatehouse::sync
