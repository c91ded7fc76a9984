#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/cache/cache.hpp"
#include "store/values/time.hpp"
#include "sync/feed/feed_document.hpp"

namespace gatehouse::sync {

/// Remembers what a feed that is read again from its start has, so that what the cache has beyond
/// that can be removed at the end. In memory only, 8 bytes a document: an interrupted rebuild
/// begins anew. Ids are compared by a 64-bit hash; a collision (1 in 10^7 for a million documents)
/// would leave a removed document in the cache, never remove one that is there.
class FeedRebuild {
 public:
  /// A batch was applied: its documents are there, and the feed goes on from its end.
  void saw(const FeedBatch& batch);
  /// Nothing was missing, at that time.
  void fetched(WallTime at);

  [[nodiscard]] const std::string& cursor() const { return cursor_; }
  [[nodiscard]] std::size_t documents() const { return seen_.size(); }
  /// When the feed had been read; nullopt while it is being read.
  [[nodiscard]] std::optional<WallTime> fetched_at() const { return fetched_at_; }

  /// Of one page of the cache's document ids, those that the feed does not have. Once fetched.
  [[nodiscard]] std::vector<store::ShopperChange> gone(std::span<const std::string> page) const;
  /// Where the next page of the cache begins: after this id.
  void sweep_from(std::string id) { swept_to_ = std::move(id); }
  [[nodiscard]] const std::string& swept_to() const { return swept_to_; }

 private:
  std::string cursor_;
  std::vector<std::uint64_t> seen_;  ///< sorted once fetched
  std::optional<WallTime> fetched_at_;
  std::string swept_to_;
};

}  // namespace gatehouse::sync
