#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "store/cache/cache.hpp"
#include "store/values/time.hpp"
#include "sync/feed/feed_course.hpp"
#include "sync/feed/feed_rebuild.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// How the feed stands, for status and metrics.
struct FeedStatus {
  bool configured = false;
  store::FeedPosition position;  ///< may be some seconds ahead of what is on disk
  std::uint64_t syncs = 0;       ///< how often the cache was in step with the feed in this run
  std::int64_t shoppers = 0;     ///< counted now and then, not at every change
  std::uint64_t changes_applied = 0;
  std::uint64_t documents_ignored = 0;  ///< of other types
  FlawTally flaws;                      ///< rows left out, or understood in part only
  store::UnclearCounts unclear;         ///< as the cache has it, counted now and then
  bool rebuilding = false;              ///< reading the feed from its start, see Feed
  std::size_t rebuilt_documents = 0;    ///< so far
  std::string last_error;               ///< what is wrong and what to do; '' while it is well
  /// Of a damaged cache: changes that may not have turned away whom they turn away.
  std::int64_t without_effect = 0;
  std::string takes_nothing{};  ///< of the same: why it could not even take single changes now, ''
};

/// Keeps the cache in step with the retailer's feed (CouchDB's changes protocol): catches up, then
/// waits for changes. A batch and its cursor are one transaction. Never gives up: what fails is
/// tried again, with jitter, at most 30 s apart.
///
/// A cursor that the server refuses over and over is not given up before the server has answered
/// from the start. Then all of the feed is read again while the cache goes on answering; only once
/// nothing is missing are documents removed that the feed no longer has, and only then is the
/// position `complete` again, with its new cursor. Interrupted, the rebuild begins anew.
///
/// Where the cache is damaged it is followed as far as it can be: what a batch cannot do at once is
/// done change by change, its cursor on disk stays where it was then, and the feed goes on from a
/// cursor in memory. Only what is no damage (a full disk) is tried again before anything else.
///
/// A row that cannot be used is stepped over and counted (sync/feed/feed_flaw.hpp); one whose
/// document alone is too much for an answer, or breaks it, is first asked for without it, which
/// gives its id and its seq. After ten such rows in a row it is the feed that is at fault, and no
/// further one is believed before one document comes (or reload()). No two requests follow at once
/// without progress (sync/feed/feed_course.hpp).
///
/// Sync thread only. `cache` and `transport` outlive it.
class Feed {
 public:
  Feed(FeedOptions options, store::CacheWriter& cache, Transport& transport, const Clock& clock,
       Chance chance);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  /// Does what is due, and says when it wants to be called again at the latest. Call it also after
  /// anything has happened.
  [[nodiscard]] SteadyTime turn();
  [[nodiscard]] const FeedStatus& status() const { return status_; }
  /// Once `stopping` is true, an answer that is being worked on is given up, and asked for again by
  /// the next run. `stopping` outlives this.
  void end_early_once(const std::atomic<bool>& stopping);
  /// Drops the request in flight and asks no more.
  void stop();
  /// Takes over new options and asks with them at once.
  void reload(FeedOptions options);
  /// Signs the requests from now on with these keys. Asks at once where it lacked keys, or the last
  /// ones were refused; any other pause is kept. nullopt: signs no more. What is in flight stays.
  void sign_with(std::optional<AwsSigning> signing);

 private:
  bool load_position();
  [[nodiscard]] bool lacks_keys() const;
  void ask();
  void finish(const Reply& reply);
  void take_answer(const Reply& reply);
  void take_batch(FeedBatch batch);
  /// Lets a document without a type count for what it is here: false where the cache fails. Where
  /// it is damaged it counts as known, which turns away.
  bool settle_untyped(FeedBatch& batch);
  void advance(FeedBatch batch);
  void count(FeedBatch& batch);
  void ask_again(FeedPace pace);
  /// The answer was too much, or broken in the middle of its rows.
  void ask_for_less(std::string reason);
  void take_peek(const Reply& reply);
  void end_rebuild_fetch();
  void sweep();
  void refuse_cursor(std::string reason);
  void fail(std::string reason, std::optional<std::chrono::seconds> retry_after = {});
  bool save(std::span<const store::ShopperChange> changes, const store::FeedPosition& position);
  /// What a damaged cache can take of it.
  bool save_singly(std::span<const store::ShopperChange> changes);
  void end_rebuild(store::FeedPosition position);
  void count_documents();
  void begin_rebuild();
  /// What the feed is followed from: the rebuild's cursor while there is one.
  [[nodiscard]] const std::string& cursor() const;

  FeedOptions options_;
  store::CacheWriter& cache_;
  Transport& transport_;
  const Clock& clock_;
  Chance chance_;

  FeedStatus status_;
  bool loaded_ = false;
  bool stopped_ = false;
  const std::atomic<bool>* stopping_ = nullptr;
  std::optional<std::uint64_t> request_;
  FeedExchange exchange_;
  bool keys_refused_ = false;  ///< by the last answer
  bool from_start_ = false;    ///< the request asks whether the feed answers from its start
  SteadyTime asked_at_;
  SteadyTime next_at_;  ///< nothing is done before
  FeedMode mode_ = FeedMode::catch_up;
  FeedLimit limit_;
  FeedTrail trail_;
  /// The row whose answer was too much all by itself when it was first in line, and why.
  std::optional<FeedPeek> stuck_;
  std::string stuck_reason_;
  int failures_ = 0;  ///< in a row
  int refusals_ = 0;  ///< of the cursor, in a row
  int detours_ = 0;   ///< answers in a row that led back to where we had been, or to an empty feed
  int without_ = 0;   ///< answers in a row whose rows all came without a document, and were taken
  std::optional<FeedRebuild> rebuild_;
  /// Once a damaged cache has not taken all of a batch: the cursor that it keeps. A restart asks
  /// from there; meanwhile the feed goes on in memory, for another cache is to take its place.
  std::optional<std::string> kept_cursor_;
  std::optional<SteadyTime> saved_at_;
  std::optional<SteadyTime> count_again_at_;
  bool count_is_old_ = true;
};

}  // namespace gatehouse::sync
