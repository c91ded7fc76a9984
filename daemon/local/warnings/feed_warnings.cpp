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
  return fmt::format("; the last: {} at seq {}, {}", last->row.id, last->row.seq, last->row.wrong);
}

void assess_unclear(const sync::FeedStatus& feed, std::vector<Warning>& out) {
  if (feed.unclear.documents == 0) return;
  out.push_back(
      {"feed_documents_unclear", Severity::warning,
       fmt::format("{} documents of the feed cannot be understood in their newest "
                   "version, and {} shoppers are refused for it{}. Mend them where "
                   "they are written",
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
    out.push_back({"feed_rebuilding", Severity::notice,
                   fmt::format("the feed is being read again from its start, because it refused "
                               "our cursor or an update asked for it: {} documents so far. The "
                               "gate answers from the cache meanwhile",
                               feed.rebuilt_documents)});
  }
  assess_unclear(feed, out);
  if (recently(facts, FeedFlaw::no_id)) {
    out.push_back({"feed_rows_without_id", Severity::warning,
                   fmt::format("{} rows of the feed name no document and were stepped over since "
                               "the start: whoever they are about is as before. See "
                               "feed.lastFlawed in `gatehouse status --json`, and mend the feed",
                               feed.flaws.of(FeedFlaw::no_id))});
  }
  if (recently(facts, FeedFlaw::loyalty)) {
    out.push_back({"feed_loyalty_left_out", Severity::notice,
                   fmt::format("{} shoppers were taken without their loyalty since the start, "
                               "because it cannot be kept: see feed.lastFlawed in `gatehouse "
                               "status --json`",
                               feed.flaws.of(FeedFlaw::loyalty))});
  }
}

}  // namespace gatehouse::local
