#pragma once

#include <span>
#include <string>
#include <vector>

#include "store/cache/cache.hpp"
#include "store/space/disk_space.hpp"
#include "store/values/time.hpp"
#include "sync/feed/feed_document.hpp"

namespace gatehouse::sync {

/// What of these changes turns somebody away at the gate: removals, blocks, keys that a shopper has
/// no more, what is held against an instrument. In their order. Pure.
[[nodiscard]] std::vector<store::ShopperChange> tightening(
    std::span<const store::ShopperChange> changes);

/// Goes on reading the feed while the cache takes nothing in, because its disk is low or takes no
/// writes: only what turns somebody away is applied, from the disk's reserve if need be, and in
/// memory where the disk does not take that either. The position on disk stays; from there all is
/// read again once the cache takes it, so nothing is missed. Of the sync thread.
class FeedScout {
 public:
  /// While the disk takes no writes, it is tried so often.
  static constexpr std::chrono::seconds try_interval{10};

  explicit FeedScout(store::CacheWriter& cache) : cache_(cache) {}
  /// Of the disk of the cache; null: nobody measures it. Outlives the scout.
  void watch(DiskSpace* space) { space_ = space; }

  [[nodiscard]] bool is_low() const { return space_ != nullptr && space_->is_low(); }
  [[nodiscard]] bool is_out() const { return is_out_; }
  /// How far it has read.
  [[nodiscard]] const std::string& cursor() const { return cursor_; }
  /// Why the cache takes nothing in; '' while it does.
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// When may_end() is to be asked again.
  [[nodiscard]] SteadyTime try_at() const { return try_at_; }

  void begin(std::string cursor, std::string reason, SteadyTime now);
  /// An error: what of `batch` turns somebody away has no effect yet, and it has to be asked for
  /// again. `written` is the position that the cache has.
  [[nodiscard]] Result<> take(const FeedBatch& batch, const store::FeedPosition& written,
                              SteadyTime now);
  /// True, once: the cache takes everything again.
  [[nodiscard]] bool may_end(const store::FeedPosition& written, SteadyTime now);

 private:
  Result<> apply(std::span<const store::ShopperChange> changes, const store::FeedPosition& written,
                 SteadyTime now);

  store::CacheWriter& cache_;
  DiskSpace* space_ = nullptr;
  bool is_out_ = false;
  std::string cursor_;
  std::string reason_;
  SteadyTime try_at_;
};

}  // namespace gatehouse::sync
