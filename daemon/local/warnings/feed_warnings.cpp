#include "daemon/local/warnings/feed_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::local {
namespace {

using sync::FeedFlaw;
using sync::FlawTally;

bool leaves_document_unclear(const FlawTally::Entry& entry) {
  return entry.row.flaw != FeedFlaw::no_id && entry.row.flaw != FeedFlaw::loyalty;
}

/// Names the newest one, while it is among the last rows.
std::string last_text(const FlawTally& flaws) {
  const auto last = std::find_if(flaws.last.rbegin(), flaws.last.rend(), leaves_document_unclear);
  if (last == flaws.last.rend()) return "";
  return fmt::format("; the latest: {} at seq {}, {}", last->row.id, last->row.seq,
                     last->row.wrong);
}

void assess_unclear(const sync::FeedStatus& feed, std::vector<Warning>& out) {
  if (feed.unclear.documents == 0) return;
  out.push_back(
      {"feed_documents_unclear", Severity::warning,
       fmt::format(
           "the newest version of {} documents of the feed cannot be parsed, and {} shoppers "
           "are rejected for that{}. Fix them in the system that writes the feed",
           feed.unclear.documents, feed.unclear.shoppers, last_text(feed.flaws))});
}

/// Of rows that leave nothing behind in the cache.
bool recently(const Facts& facts, FeedFlaw flaw) {
  const auto at = facts.process.sync.feed.flaws.last_at[static_cast<std::size_t>(flaw)];
  return at && facts.now - *at < feed_flaw_remembered;
}

}  // namespace

void assess_feed_flaws(const Facts& facts, std::vector<Warning>& out) {
  const sync::FeedStatus& feed = facts.process.sync.feed;
  if (feed.rebuilding) {
    out.push_back(
        {"feed_rebuilding", Severity::notice,
         fmt::format("the feed is being read again from the start, because it refused the "
                     "cursor or an update requires it: {} documents so far. The gate "
                     "answers from the cache meanwhile",
                     feed.rebuilt_documents)});
  }
  assess_unclear(feed, out);
  if (recently(facts, FeedFlaw::no_id)) {
    out.push_back(
        {"feed_rows_without_id", Severity::warning,
         fmt::format("{} rows of the feed have had no document id since the start and were "
                     "skipped: those shoppers keep their previous version. See "
                     "feed.lastFlawed in `gatehouse status --json`, and fix the feed",
                     feed.flaws.of(FeedFlaw::no_id))});
  }
  if (recently(facts, FeedFlaw::loyalty)) {
    out.push_back(
        {"feed_loyalty_left_out", Severity::notice,
         fmt::format("{} shoppers have been stored without their loyalty since the start, "
                     "because it is invalid: see feed.lastFlawed in `gatehouse status "
                     "--json`",
                     feed.flaws.of(FeedFlaw::loyalty))});
  }
}

}  // namespace gatehouse::local
