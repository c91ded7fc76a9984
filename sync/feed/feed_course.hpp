#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/values/time.hpp"
#include "sync/feed/feed_document.hpp"
#include "sync/transport/transport.hpp"

namespace gatehouse::sync {

/// Where the shoppers come from: a database of CouchDB's kind, or one endpoint that acts like it.
struct FeedOptions {
  std::string url;  ///< '' : no feed, the cache stays as it is
  Login login;
  std::optional<AwsSigning> signing{};  ///< nullopt: not signed. Without keys it waits for them
  std::size_t batch_max = 1000;         ///< documents a request: `limit=`
  /// How long the server may wait for a change: `timeout=`. Below the 60 s after which common load
  /// balancers give up.
  milliseconds longpoll{50'000};
  milliseconds timeout{30'000};  ///< for an answer, on top of what the server may wait
  /// A longer answer is asked for again with half the documents. It is in memory all at once.
  std::size_t answer_max_bytes = 8 * 1024 * 1024;
};

/// What a request to the feed is for.
enum class FeedMode {
  catch_up,  ///< feed=normal: what there is, at once
  wait,      ///< feed=longpoll: nothing is missing, tell me when there is more
  peek,      ///< feed=normal, one row without its document: that could not be had
};

struct FeedExchange {
  FeedMode mode = FeedMode::catch_up;
  bool from_cursor = false;  ///< `since` was not 0
  milliseconds lasted{0};
};

enum class FeedOutcome {
  batch,           ///< an answer to read
  wait_over,       ///< the wait ended without an answer: catch_up will tell how things are
  too_large,       ///< ask for fewer documents
  cursor_refused,  ///< the server may not know this `since` (any more)
  failed,          ///< try again later
};

struct FeedJudgement {
  FeedOutcome outcome = FeedOutcome::failed;
  std::string reason;  ///< what came and what to do; '' for batch and wait_over
};

// Decisions of the feed client, as pure functions.

/// An answer without news that comes sooner than this is not asked for again before it has passed:
/// a server that does not wait when asked to must not be asked without end.
inline constexpr milliseconds feed_pause{5'000};

[[nodiscard]] FeedJudgement judge(const Reply& reply, const FeedExchange& exchange,
                                  const FeedOptions& options);

/// Whether the batch says that nothing is missing. An answer without rows always says it, whatever
/// its `pending`: asking again would bring nothing. Where the server does not say what is pending
/// (PouchDB), so does an answer to a wait that is not full.
[[nodiscard]] bool nothing_missing(const FeedBatch& batch, FeedMode mode, std::size_t limit);

/// Whether a feed that counts its changes (plain numbers) now counts less than before: it is not
/// the feed that the cursor is from.
[[nodiscard]] bool went_backwards(std::string_view before, std::string_view after);

/// `_changes` below `url`. The query is sorted and percent-encoded; an empty cursor is 0.
[[nodiscard]] std::string changes_url(const FeedOptions& options, FeedMode mode,
                                      std::string_view cursor, std::size_t limit);

/// When to ask again after an answer that was taken.
enum class FeedPace {
  at_once,   ///< there was progress, or a wait begins
  pause,     ///< not before feed_pause has passed since the request
  back_off,  ///< later and later: rows come, and the feed does not get on
};
/// `cursor_is_new`: FeedTrail::reach() of the answer's last_seq.
[[nodiscard]] FeedPace pace(FeedMode mode, std::size_t results, bool cursor_is_new);

/// Where the feed has recently been, so that two servers behind one URL that send us back and forth
/// between their cursors are seen through. Remembers the last 64 cursors, as hashes.
class FeedTrail {
 public:
  /// The feed stands here now. Whether it has not stood here recently.
  [[nodiscard]] bool reach(std::string_view cursor);
  /// Read from elsewhere: all is new again.
  void clear() { count_ = 0; }

 private:
  std::array<std::uint64_t, 64> seen_{};
  std::size_t count_ = 0;
};

/// How many documents to ask for: half as many where an answer is too much, twice as many after
/// four that were not, so that a few large documents do not make the rest of a first load slow.
class FeedLimit {
 public:
  explicit FeedLimit(std::size_t most) : most_(most == 0 ? 1 : most), now_(most_) {}

  [[nodiscard]] std::size_t now() const { return now_; }
  /// False: one is too much already.
  bool halve();
  void went_well();
  void reset() { *this = FeedLimit(most_); }

 private:
  std::size_t most_;
  std::size_t now_;
  int good_ = 0;
};

}  // namespace gatehouse::sync
