#include "sync/feed/feed_course.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <span>

#include "store/values/text/percent.hpp"
#include "store/values/whole_number.hpp"
#include "sync/transport/refusal.hpp"

namespace gatehouse::sync {
namespace {

constexpr Refuser feed_refuser{.name = "the feed",
                               .address_key = "feed.url",
                               .region_key = "feed.region",
                               .is_amazons = false};

FeedJudgement judge_status(int status, const FeedExchange& exchange) {
  if (status == 200) return {FeedOutcome::batch, {}};
  // 410: gone; 414: too long for a URL.
  const bool may_mean_cursor = status == 400 || status == 404 || status == 410 || status == 414;
  if (may_mean_cursor && exchange.from_cursor) {
    return {FeedOutcome::cursor_refused,
            fmt::format("the feed answered {} to our cursor: it does not know it any more, or "
                        "feed.url is not a database",
                        status)};
  }
  if (status == 401 || status == 403) {
    return {FeedOutcome::failed,
            fmt::format("the feed answered {}: check the credentials of [feed]", status)};
  }
  if (status >= 300 && status < 400) {
    return {
        FeedOutcome::failed,
        fmt::format("the feed answered {}, a redirection: set feed.url to where it leads", status)};
  }
  if (status == 404) return {FeedOutcome::failed, "the feed answered 404: check feed.url"};
  return {FeedOutcome::failed, fmt::format("the feed answered {}, expected 200", status)};
}

}  // namespace

FeedJudgement judge(const Reply& reply, const FeedExchange& exchange, const FeedOptions& options) {
  if (reply.too_large) return {FeedOutcome::too_large, "the feed: " + reply.error};
  // A server, proxy or line that gives up on a wait says nothing about whether the feed is well.
  const bool gave_up = reply.sent == Sent::maybe || reply.status == 408 || reply.status == 504;
  if (exchange.mode == FeedMode::wait && gave_up &&
      exchange.lasted >= std::min(feed_pause, options.longpoll)) {
    return {FeedOutcome::wait_over, {}};
  }
  // Whatever its status: it says nothing about our cursor.
  if (options.signing && refuses_signature(reply)) {
    return {FeedOutcome::failed, read_refusal(reply, feed_refuser).text};
  }
  switch (reply.sent) {
    case Sent::answered:
      return judge_status(reply.status, exchange);
    case Sent::no:
      return {FeedOutcome::failed, "the feed cannot be reached: " + reply.error};
    case Sent::maybe:
      return {FeedOutcome::failed, "no answer from the feed: " + reply.error};
  }
  return {};
}

bool nothing_missing(const FeedBatch& batch, FeedMode mode, std::size_t limit) {
  if (batch.results == 0) return true;
  if (batch.pending) return *batch.pending <= 0;
  return mode == FeedMode::wait && batch.results < limit;
}

bool went_backwards(std::string_view before, std::string_view after) {
  const auto from = whole_number<std::uint64_t>(before);
  const auto to = whole_number<std::uint64_t>(after);
  return from && to && *to < *from;
}

std::string changes_url(const FeedOptions& options, FeedMode mode, std::string_view cursor,
                        std::size_t limit) {
  std::string_view base = options.url;
  while (base.ends_with('/')) base.remove_suffix(1);
  const bool waits = mode == FeedMode::wait;
  const bool peeks = mode == FeedMode::peek;
  auto url = fmt::format("{}/_changes?feed={}&include_docs={}&limit={}&since={}", base,
                         waits ? "longpoll" : "normal", !peeks, peeks ? 1 : limit,
                         cursor.empty() ? "0" : percent_encoded(cursor));
  if (waits) url += fmt::format("&timeout={}", options.longpoll.count());
  return url;
}

FeedPace pace(FeedMode mode, std::size_t results, bool cursor_is_new) {
  if (results > 0) return cursor_is_new ? FeedPace::at_once : FeedPace::back_off;
  return mode == FeedMode::wait ? FeedPace::pause : FeedPace::at_once;
}

bool FeedTrail::reach(std::string_view cursor) {
  const std::uint64_t hash = std::hash<std::string_view>{}(cursor);
  const auto seen = std::span(seen_).first(std::min(count_, seen_.size()));
  if (std::ranges::find(seen, hash) != seen.end()) return false;
  seen_[count_++ % seen_.size()] = hash;
  return true;
}

bool FeedLimit::halve() {
  good_ = 0;
  if (now_ == 1) return false;
  now_ /= 2;
  return true;
}

void FeedLimit::went_well() {
  if (now_ == most_ || ++good_ < 4) return;
  good_ = 0;
  now_ = std::min(most_, now_ * 2);
}

}  // namespace gatehouse::sync
