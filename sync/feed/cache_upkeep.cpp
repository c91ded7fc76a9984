#include "sync/feed/cache_upkeep.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::sync {

using store::CacheCondition;

CacheUpkeep::CacheUpkeep(FeedOptions options, ServedCache cache, Transport& transport,
                         const Clock& clock, Chance chance)
    : options_(std::move(options)),
      home_(cache.home),
      hand_over_(std::move(cache.hand_over)),
      stopping_(cache.stopping),
      transport_(transport),
      clock_(clock),
      chance_(std::move(chance)),
      serving_(fed(std::move(cache.writer))),
      try_at_(clock.steady()) {
  if (home_.condition() != CacheCondition::well) status_.since = clock_.wall();
}

std::unique_ptr<CacheUpkeep::Fed> CacheUpkeep::fed(store::CacheWriter writer) {
  auto made = std::make_unique<Fed>(std::move(writer));
  made->feed = std::make_unique<Feed>(options_, made->writer, transport_, clock_, chance_);
  if (stopping_ != nullptr) made->feed->end_early_once(*stopping_);
  return made;
}

SteadyTime CacheUpkeep::turn() {
  const SteadyTime next = serving_->feed->turn();
  look_for_damage();
  if (stopped_ || before_ || home_.condition() == CacheCondition::well) return next;
  return std::min(next, turn_next());
}

void CacheUpkeep::look_for_damage() {
  if (!home_.look_for_damage()) return;
  status_.since = clock_.wall();
  try_at_ = clock_.steady();
}

SteadyTime CacheUpkeep::turn_next() {
  if (!next_ && clock_.steady() >= try_at_) open_next();
  if (!next_) return try_at_;
  const SteadyTime again = next_->feed->turn();
  if (home_.next_is_damaged()) {
    next_.reset();
    status_.trouble = "the cache that was being filled was damaged, too, and is begun anew";
    return try_at_ = clock_.steady() + cache_pause;
  }
  if (next_is_better()) take_over();
  if (next_) return again;
  return serving_->feed->turn();
}

void CacheUpkeep::open_next() {
  try_at_ = clock_.steady() + cache_pause;
  auto writer = home_.open_next(serving_->feed->status().syncs > 0, clock_.wall());
  status_.trouble = writer ? "" : writer.error().message;
  if (writer) next_ = fed(std::move(*writer));
}

/// A stand-in that was never whole is worse than any file that was; nothing else is given up before
/// the other one knows all that it may have known.
bool CacheUpkeep::next_is_better() const {
  const FeedStatus& next = next_->feed->status();
  if (next.syncs > 0) return true;
  return home_.condition() == CacheCondition::stand_in && next.position.complete &&
         !serving_->feed->status().position.complete;
}

void CacheUpkeep::take_over() {
  auto reader = home_.open_next_reader();
  if (!reader) {
    status_.trouble = reader.error().message;
    next_.reset();  // opened again, with all that is in it
    try_at_ = clock_.steady() + cache_pause;
    return;
  }
  until_now_ = feed();
  serving_->feed.reset();
  before_ = std::exchange(serving_, std::exchange(next_, nullptr));
  home_.take_over();
  const auto replacements = status_.replacements + 1;
  status_ = {.replacements = replacements};
  if (hand_over_) return hand_over_(std::move(*reader));
  leave();
}

void CacheUpkeep::take_back(store::CacheReader reader) {
  {
    const store::CacheReader closed = std::move(reader);
  }
  leave();
}

void CacheUpkeep::leave() {
  if (!before_) return;
  before_.reset();
  auto left = home_.leave(clock_.wall());
  status_.not_kept = left ? "" : left.error().message;
}

FeedStatus CacheUpkeep::feed() const {
  FeedStatus now = serving_->feed->status();
  now.syncs += until_now_.syncs;
  now.changes_applied += until_now_.changes_applied;
  now.documents_ignored += until_now_.documents_ignored;
  now.flaws.follow(until_now_.flaws);
  return now;
}

CacheStatus CacheUpkeep::cache() const {
  CacheStatus now = status_;
  now.condition = home_.condition();
  now.reason = home_.reason();
  if (next_) {
    const FeedStatus& next = next_->feed->status();
    now.changes_beside = next.changes_applied;
    if (now.trouble.empty()) now.trouble = next.last_error;
  }
  return now;
}

void CacheUpkeep::stop() {
  stopped_ = true;
  serving_->feed->stop();
  if (next_) next_->feed->stop();
}

void CacheUpkeep::reload(FeedOptions options) {
  options_ = std::move(options);
  serving_->feed->reload(options_);
  if (next_) next_->feed->reload(options_);
}

void CacheUpkeep::sign_with(std::optional<AwsSigning> signing) {
  options_.signing = std::move(signing);
  serving_->feed->sign_with(options_.signing);
  if (next_) next_->feed->sign_with(options_.signing);
}

}  // namespace gatehouse::sync
