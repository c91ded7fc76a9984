#include "sync/feed/cache_upkeep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatehouse::sync {

using store::CacheCondition;

namespace {

/// Of one that may be damaged, whom it holds may be beyond the page that cannot be read.
bool holds_somebody(store::CacheWriter& cache, bool if_unreadable) {
  const auto first = cache.document_ids("", 1);
  return first ? !first->empty() : if_unreadable;
}

}  // namespace

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
    begin_anew_later();
    return try_at_;
  }
  if (next_is_better()) take_over();
  if (next_) return again;
  return std::min(try_at_, serving_->feed->turn());
}

void CacheUpkeep::open_next() {
  try_at_ = clock_.steady() + cache_pause;
  auto writer =
      home_.open_next({serving_->feed->status().syncs > 0, serving_is_whole()}, clock_.wall());
  status_.trouble = writer ? "" : writer.error().message;
  if (writer) next_ = fed(std::move(*writer));
}

std::chrono::seconds pause_before_anew(int damaged_before) {
  constexpr std::chrono::seconds pause_max = std::chrono::hours{1};
  constexpr int doublings_max = 10;
  const auto pause = CacheUpkeep::cache_pause * (1 << std::min(damaged_before, doublings_max));
  return std::min(pause, pause_max);
}

void CacheUpkeep::begin_anew_later() {
  next_.reset();
  const auto pause = pause_before_anew(damaged_in_a_row_++);
  status_.trouble =
      fmt::format("the cache that was being filled was damaged, too, and is begun anew after {} s",
                  pause.count());
  try_at_ = clock_.steady() + pause;
}

bool CacheUpkeep::serving_is_whole() const {
  return serving_->feed->status().position.complete && holds_somebody(serving_->writer, true);
}

/// A stand-in that was never whole is worse than any file that was; nothing else is given up before
/// the other one knows all that it may have known. A feed's database that was just recreated is
/// empty before it is filled: then it is no reason to turn every shopper away.
bool CacheUpkeep::next_is_better() {
  if (home_.serves_as_it_is()) return true;
  const FeedStatus& next = next_->feed->status();
  const bool in_step = next.syncs > next_->syncs_while_empty;
  const bool in_need = home_.condition() == CacheCondition::stand_in && next.position.complete &&
                       !serving_is_whole();
  if (!in_step && !in_need) return false;
  if (holds_somebody(next_->writer, false) || !holds_somebody(serving_->writer, true)) return true;
  next_->syncs_while_empty = next.syncs;
  return false;
}

void CacheUpkeep::take_over() {
  auto reader = home_.open_next_reader();
  if (!reader) {
    if (home_.next_is_damaged()) return begin_anew_later();
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
  if (home_.condition() != CacheCondition::well) status_.since = clock_.wall();
  damaged_in_a_row_ = 0;
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
  now.kept = home_.kept();
  now.why_useless = home_.why_useless();
  if (next_) {
    const FeedStatus& next = next_->feed->status();
    now.changes_beside = next.changes_applied;
    if (now.trouble.empty()) now.trouble = next.last_error;
    if (now.trouble.empty() && next.syncs > 0 && next.syncs == next_->syncs_while_empty) {
      now.trouble =
          "the feed is empty from its start: the cached shoppers stay; fill the feed, or check "
          "feed.url";
    }
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
