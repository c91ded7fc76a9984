// The feed off its straight way: read again from its start, or read on while the cache takes
// nothing in.
#include <fmt/format.h>

#include <utility>

#include "sync/feed/feed.hpp"

namespace gatehouse::sync {
namespace {

constexpr std::size_t sweep_page = 1000;

}  // namespace

void Feed::begin_rebuild() {
  rebuild_.emplace();
  status_.rebuilding = true;
  status_.rebuilt_documents = 0;
  trail_.clear();
}

void Feed::end_rebuild_fetch() {
  const auto cached = cache_.shopper_count();
  if (!cached) return fail("counting the cached shoppers: " + cached.error().message);
  if (rebuild_->documents() == 0 && *cached > 0) {
    // A database that was just recreated is empty before it is filled: not a reason to turn every
    // shopper away.
    rebuild_.reset();
    status_.rebuilding = false;
    // The cursor has its turn again. Where there is none, whoever goes still has to be found.
    if (status_.position.cursor.empty()) begin_rebuild();
    failures_ = detours_++;
    return fail(fmt::format(
        "the feed is empty from its start: the {} cached shoppers stay; fill the feed, or check "
        "feed.url",
        *cached));
  }
  rebuild_->fetched(clock_.wall());
}

void Feed::sweep() {
  const auto page = cache_.document_ids(rebuild_->swept_to(), sweep_page);
  if (!page) return fail("listing the cached documents: " + page.error().message);
  const auto gone = rebuild_->gone(*page);
  const bool last = page->size() < sweep_page;
  store::FeedPosition position = status_.position;
  if (last) position = {rebuild_->cursor(), true, rebuild_->fetched_at()};
  if ((last || !gone.empty()) && !save(gone, position)) {
    (void)cache_.hold(gone);  // whoever has gone is turned away all the same
    return;
  }
  if (last) in_step();

  status_.changes_applied += gone.size();
  next_at_ = clock_.steady();
  if (!last) return rebuild_->sweep_from(page->back());
  status_.position = std::move(position);
  status_.last_error.clear();
  status_.rebuilding = false;
  rebuild_.reset();
}

/// Nothing is counted: all of it comes again.
void Feed::scout(const FeedBatch& batch) {
  if (Result<> taken = scout_.take(batch, status_.position, clock_.steady()); !taken) {
    return fail(std::move(taken.error().message));
  }
  status_.last_error.clear();
  failures_ = 0;
  refusals_ = 0;
  stuck_.reset();
  const bool done = nothing_missing(batch, exchange_.mode, limit_.now());
  mode_ = done ? FeedMode::wait : FeedMode::catch_up;
  ask_again(pace(exchange_.mode, batch.results, trail_.reach(batch.last_seq)));
}

void Feed::end_scouting() {
  if (request_) transport_.cancel(*std::exchange(request_, std::nullopt));
  mode_ = FeedMode::catch_up;
  trail_.clear();
  stuck_.reset();
  next_at_ = clock_.steady();
  // What it left out is not in the cache, and counts as seen.
  if (rebuild_) begin_rebuild();
}

}  // namespace gatehouse::sync
