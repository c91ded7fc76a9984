#include "sync/feed/feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sync/delivery/retry.hpp"
#include "sync/transport/refusal.hpp"

namespace gatehouse::sync {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

constexpr milliseconds retry_pause_max{30'000};
/// The time of the last sync is written down at most this often while nothing changes.
constexpr seconds save_interval{10};
/// So many refusals of the cursor in a row, then the feed is asked once whether it answers from its
/// start; if it does not either, the cursor has its turn again.
constexpr int refusals_max = 5;
/// So many rows in a row may come without their documents: each keeps a shopper out.
constexpr int without_max = 10;

constexpr SteadyTime never = SteadyTime::max();

}  // namespace

Feed::Feed(FeedOptions options, store::CacheWriter& cache, Transport& transport, const Clock& clock,
           Chance chance)
    : options_(std::move(options)),
      cache_(cache),
      transport_(transport),
      clock_(clock),
      chance_(std::move(chance)),
      limit_(options_.batch_max) {
  status_.configured = !options_.url.empty();
}

Feed::~Feed() {
  stop();
}

void Feed::end_early_once(const std::atomic<bool>& stopping) {
  stopping_ = &stopping;
  cache_.end_early_once(stopping);
}

void Feed::stop() {
  stopped_ = true;
  if (request_) transport_.cancel(*std::exchange(request_, std::nullopt));
}

void Feed::reload(FeedOptions options) {
  if (request_) transport_.cancel(*std::exchange(request_, std::nullopt));
  options_ = std::move(options);
  status_.configured = !options_.url.empty();
  limit_ = FeedLimit(options_.batch_max);
  mode_ = FeedMode::catch_up;
  trail_.clear();
  stuck_.reset();
  failures_ = 0;
  detours_ = 0;
  without_ = 0;
  next_at_ = clock_.steady();
}

void Feed::sign_with(std::optional<AwsSigning> signing) {
  const bool waited = lacks_keys() || keys_refused_;
  options_.signing = std::move(signing);
  if (waited) next_at_ = clock_.steady();
}

bool Feed::lacks_keys() const {
  return options_.signing && !options_.signing->has_keys();
}

SteadyTime Feed::turn() {
  if (loaded_) count_documents();
  if (stopped_ || request_) return never;
  if (clock_.steady() < next_at_) return next_at_;
  if (!loaded_ && !load_position()) return next_at_;
  if (options_.url.empty()) return never;
  if (rebuild_ && rebuild_->fetched_at()) {
    sweep();
    return next_at_;
  }
  if (lacks_keys()) return never;
  ask();
  return never;
}

bool Feed::load_position() {
  auto position = cache_.position();
  if (!position) {
    fail("reading where the feed stands: " + position.error().message);
    return false;
  }
  // Of a version that kept any length: no server would take it.
  if (position->cursor.size() > cursor_max_bytes) position->cursor.clear();
  if (position->cursor.empty()) {
    // Read from its start beside what is there (a migration, an interrupted first load): whoever
    // has gone meanwhile must go here too.
    const auto there = cache_.document_ids("", 1);
    if (!there) {
      fail("reading what the cache holds: " + there.error().message);
      return false;
    }
    if (!there->empty()) begin_rebuild();
  }
  status_.position = std::move(*position);
  loaded_ = true;
  return true;
}

void Feed::begin_rebuild() {
  rebuild_.emplace();
  status_.rebuilding = true;
  status_.rebuilt_documents = 0;
  trail_.clear();
}

const std::string& Feed::cursor() const {
  return rebuild_ ? rebuild_->cursor() : status_.position.cursor;
}

void Feed::ask() {
  from_start_ = refusals_ % (refusals_max + 1) == refusals_max;
  const std::string since = from_start_ ? std::string{} : cursor();
  exchange_.mode = from_start_ && mode_ == FeedMode::wait ? FeedMode::catch_up : mode_;
  exchange_.from_cursor = from_start_ || !since.empty();
  Request request;
  request.method = "GET";
  request.url = changes_url(options_, exchange_.mode, since, limit_.now());
  request.headers = {{"Accept", "application/json"}};
  request.timeout = options_.timeout;
  if (exchange_.mode == FeedMode::wait) request.timeout += options_.longpoll;
  request.answer_max_bytes = options_.answer_max_bytes;
  request.login = options_.login;
  request.signing = options_.signing;
  asked_at_ = clock_.steady();
  request_ = transport_.start(std::move(request), [this](const Reply& reply) { finish(reply); });
}

void Feed::finish(const Reply& reply) {
  request_.reset();
  exchange_.lasted = floor<milliseconds>(clock_.steady() - asked_at_);
  auto judgement = judge(reply, exchange_, options_);
  keys_refused_ = judgement.outcome == FeedOutcome::failed && options_.signing.has_value() &&
                  refuses_signature(reply);
  switch (judgement.outcome) {
    case FeedOutcome::batch:
      return exchange_.mode == FeedMode::peek ? take_peek(reply) : take_answer(reply);
    case FeedOutcome::wait_over:
      mode_ = FeedMode::catch_up;
      next_at_ = clock_.steady();
      return;
    case FeedOutcome::too_large:
      return ask_for_less(std::move(judgement.reason));
    case FeedOutcome::cursor_refused:
      return refuse_cursor(std::move(judgement.reason));
    case FeedOutcome::failed:
      // On a slow line a batch may be too much for its time.
      if (exchange_.lasted >= options_.timeout) (void)limit_.halve();
      return fail(std::move(judgement.reason), reply.retry_after);
  }
}

void Feed::ask_for_less(std::string reason) {
  if (exchange_.mode == FeedMode::peek) return fail(std::move(reason));
  next_at_ = clock_.steady();
  if (limit_.halve()) {
    mode_ = FeedMode::catch_up;
    return;
  }
  // One row is too much: which?
  stuck_reason_ = std::move(reason);
  mode_ = FeedMode::peek;
}

void Feed::take_peek(const Reply& reply) {
  auto peek = parse_peek(reply.body);
  if (!peek) return fail("the feed: " + peek.error().message);
  if (peek->results != 1) return fail(stuck_reason_);
  // Rows move to the end of the feed when their documents change. Only what is first in line before
  // and after an answer that was too much has been in that answer.
  const bool again = stuck_ && stuck_->id == peek->id && stuck_->version == peek->version;
  if (again) {
    stuck_.reset();
    return take_batch(step_over(*peek, stuck_reason_));
  }
  const bool other = stuck_.has_value();
  stuck_ = std::move(*peek);
  if (other) return fail(stuck_reason_);
  mode_ = FeedMode::catch_up;
  next_at_ = clock_.steady();
}

void Feed::take_answer(const Reply& reply) {
  auto batch = parse_changes(reply.body, rows_max_of(options_.batch_max), stopping_);
  if (!batch) return fail("the feed: " + batch.error().message);
  if (batch->broken) {
    return ask_for_less(
        "the feed's answer ends, or stops being JSON, in the middle of its results");
  }
  take_batch(std::move(*batch));
}

void Feed::take_batch(FeedBatch batch) {
  if (from_start_) {
    begin_rebuild();
  } else if (went_backwards(cursor(), batch.last_seq)) {
    return refuse_cursor(fmt::format(
        "the feed counts {} changes, our cursor {}: it is another feed", batch.last_seq, cursor()));
  }
  if (batch.results > 0 && batch.last_seq == cursor()) {
    return fail("the feed answers changes, but its last_seq does not move on from since");
  }
  const bool without = batch.results > 0 && batch.without_document == batch.results;
  if (without && without_ >= without_max) {
    return fail(fmt::format(
        "no document could be had of the last {} rows, and so not of the next one either: look at "
        "the feed's server and what is between; a reload steps over {} more",
        without_max, without_max));
  }
  if (settle_untyped(batch)) advance(std::move(batch));
}

void Feed::advance(FeedBatch batch) {
  const auto now = clock_.steady();
  const bool done = nothing_missing(batch, exchange_.mode, limit_.now());
  store::FeedPosition position = status_.position;
  if (rebuild_) {
    position.complete = false;
  } else {
    position.cursor = batch.last_seq;
    if (done) position.complete = true;
    if (done) position.synced_at = clock_.wall();
  }
  const bool urgent = !batch.changes.empty() || position.complete != status_.position.complete;
  const bool due = !saved_at_ || now - *saved_at_ >= save_interval;
  if ((urgent || due) && !save(batch.changes, position)) return;

  if (position.complete && !status_.position.complete) count_again_at_.reset();
  status_.position = std::move(position);
  if (done && !rebuild_) ++status_.syncs;
  count(batch);
  status_.last_error.clear();
  failures_ = 0;
  refusals_ = 0;
  stuck_.reset();
  limit_.went_well();
  if (done) limit_.reset();
  mode_ = done ? FeedMode::wait : FeedMode::catch_up;
  const FeedPace how = pace(exchange_.mode, batch.results, trail_.reach(batch.last_seq));
  if (batch.results > 0 && how == FeedPace::at_once) detours_ = 0;
  if (!rebuild_) return ask_again(how);
  rebuild_->saw(batch);
  status_.rebuilt_documents = rebuild_->documents();
  ask_again(how);
  if (done) end_rebuild_fetch();
}

void Feed::count(FeedBatch& batch) {
  status_.changes_applied += batch.changes.size() - batch.ignored;
  status_.documents_ignored += batch.ignored;
  status_.flaws.add(std::move(batch.flawed), clock_.wall());
  if (batch.results == 0) return;
  without_ = batch.without_document == batch.results ? without_ + 1 : 0;
}

void Feed::ask_again(FeedPace how) {
  next_at_ = clock_.steady();
  if (how == FeedPace::pause) next_at_ = std::max(next_at_, asked_at_ + feed_pause);
  if (how != FeedPace::back_off) return;
  failures_ = detours_++;
  fail(
      "the feed answers changes, but its last_seq leads back to where it was: check that feed.url "
      "leads to one database, or to nodes that agree");
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

void Feed::refuse_cursor(std::string reason) {
  ++refusals_;
  fail(std::move(reason));
}

void Feed::fail(std::string reason, std::optional<seconds> retry_after) {
  ++failures_;
  mode_ = FeedMode::catch_up;  // its answer comes at once, and clears the error
  status_.last_error = std::move(reason);
  Attempted attempted;
  attempted.failures = failures_;
  attempted.at_most = retry_pause_max;
  attempted.retry_after = retry_after;
  next_at_ = clock_.steady() + retry_delay(attempted, chance_());
}

}  // namespace gatehouse::sync
