// What the feed does with its cache.
#include <algorithm>
#include <chrono>
#include <utility>

#include "sync/feed/feed.hpp"

namespace gatehouse::sync {
namespace {

/// Counting a million rows takes some milliseconds. Where it takes long it is one of so many parts
/// of the time, but a count that was long for something that is over does not stay for ever.
constexpr SteadyTime::duration count_interval = std::chrono::seconds{2};
constexpr SteadyTime::duration count_ceiling = std::chrono::seconds{30};
constexpr int count_share = 50;
constexpr std::size_t sweep_page = 1000;

}  // namespace

bool Feed::settle_untyped(FeedBatch& batch) {
  for (auto& [change, row] : batch.untyped) {
    const auto known = cache_.knows(row.id);
    if (!known && !cache_.is_damaged()) {
      fail("looking for a document in the cache: " + known.error().message);
      return false;
    }
    if (!known || *known) {
      batch.flawed.add(std::move(row));
    } else {
      ++batch.ignored;
      batch.changes[change] = store::ShopperRemove{row.id};
    }
  }
  return true;
}

bool Feed::save(std::span<const store::ShopperChange> changes,
                const store::FeedPosition& position) {
  store::FeedPosition kept = position;
  if (kept_cursor_) kept.cursor = *kept_cursor_;
  auto saved = cache_.apply(changes, kept);
  if (!saved && cache_.is_damaged()) {
    if (!save_singly(changes)) return false;
  } else if (!saved) {
    fail("writing to the cache: " + saved.error().message);
    return false;
  }
  status_.takes_nothing.clear();
  saved_at_ = clock_.steady();
  if (!changes.empty()) count_is_old_ = true;
  return true;
}

bool Feed::save_singly(std::span<const store::ShopperChange> changes) {
  auto unsure = cache_.apply_singly(changes);
  if (!unsure) {
    status_.takes_nothing = unsure.error().message;
    fail("writing to the cache: " + unsure.error().message);
    return false;
  }
  status_.without_effect += *unsure;
  if (!kept_cursor_) kept_cursor_ = status_.position.cursor;
  return true;
}

void Feed::count_documents() {
  const auto now = clock_.steady();
  if (!count_is_old_ || (count_again_at_ && now < *count_again_at_)) return;
  const auto count = cache_.shopper_count();
  const auto unclear = cache_.unclear_counts();
  const auto ended = clock_.steady();
  const auto share = (count_share - 1) * (ended - now);
  const bool counted = count && unclear;
  count_again_at_ =
      ended + (counted ? std::clamp(share, count_interval, count_ceiling) : count_interval);
  if (!counted) return;  // a cache that is damaged says so at the next write
  status_.shoppers = *count;
  status_.unclear = *unclear;
  count_is_old_ = false;
}

void Feed::sweep() {
  const auto page = cache_.document_ids(rebuild_->swept_to(), sweep_page);
  if (!page && !cache_.is_damaged()) {
    return fail("listing the cached documents: " + page.error().message);
  }
  if (!page) {  // whoever has gone is still there
    ++status_.without_effect;
    if (!kept_cursor_) kept_cursor_ = status_.position.cursor;
    return end_rebuild({rebuild_->cursor(), true, rebuild_->fetched_at()});
  }
  const auto gone = rebuild_->gone(*page);
  const bool last = page->size() < sweep_page;
  store::FeedPosition position = status_.position;
  if (last) position = {rebuild_->cursor(), true, rebuild_->fetched_at()};
  if ((last || !gone.empty()) && !save(gone, position)) return;

  status_.changes_applied += gone.size();
  next_at_ = clock_.steady();
  if (!last) return rebuild_->sweep_from(page->back());
  end_rebuild(std::move(position));
}

void Feed::end_rebuild(store::FeedPosition position) {
  ++status_.syncs;
  next_at_ = clock_.steady();
  status_.position = std::move(position);
  status_.last_error.clear();
  status_.rebuilding = false;
  rebuild_.reset();
}

}  // namespace gatehouse::sync
