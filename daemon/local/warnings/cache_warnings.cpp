#include "daemon/local/warnings/cache_warnings.hpp"

#include <fmt/format.h>

#include "store/values/rfc3339.hpp"

namespace gatehouse::local {
namespace {

std::string progress(const sync::CacheStatus& cache) {
  std::string text;
  if (cache.changes_beside > 0) text = fmt::format(" ({} changes so far)", cache.changes_beside);
  if (!cache.trouble.empty()) text += fmt::format(". It is held up: {}", cache.trouble);
  return text;
}

/// What of the feed is in vain meanwhile.
std::string in_vain(const sync::FeedStatus& feed) {
  std::string text;
  if (!feed.takes_nothing.empty()) {
    text = fmt::format(
        ". Blocks and removals of the feed have no effect now, nothing can be written: {}",
        feed.takes_nothing);
  }
  if (feed.without_effect > 0) {
    text += fmt::format(
        ". {} changes of the feed may have no effect until then: whom they block or remove may "
        "still enter",
        feed.without_effect);
  }
  return text;
}

void assess_begun_anew(const Facts& facts, std::vector<Warning>& out) {
  const sync::CacheStatus& cache = facts.process.sync.cache;
  if (!is_begun_anew(facts.process.sync)) return;
  out.push_back(
      {"cache_begun_anew", Severity::critical,
       fmt::format("the shopper cache was damaged so that nobody could be served from it: it was "
                   "set aside at {} as {}. A new one is built from the feed; until then all "
                   "shoppers are unknown, and {}. If that takes long, check the internet "
                   "connection and feed.url; check the disk: `journalctl -k`{}{}",
                   rfc3339(cache.kept->at), cache.kept->file.string(),
                   facts.process.asks_cloud ? "the cloud is asked about them" : "rejected",
                   cache.why_useless.empty() ? "" : ". ", cache.why_useless)});
}

}  // namespace

bool is_begun_anew(const sync::SyncStatus& sync) {
  return sync.cache.condition == store::CacheCondition::well && sync.cache.kept &&
         !sync.feed.position.synced_at;
}

void assess_cache(const Facts& facts, std::vector<Warning>& out) {
  const sync::CacheStatus& cache = facts.process.sync.cache;
  if (cache.condition == store::CacheCondition::stand_in) {
    out.push_back(
        {"cache_stand_in", Severity::critical,
         fmt::format("cache.db is not used, an empty cache in memory stands in for it: shoppers "
                     "are rejected until the feed has filled it. Remove the cause; cache.db is "
                     "tried again every few seconds{}. It was not used because: {}",
                     progress(cache), cache.reason)});
  }
  assess_begun_anew(facts, out);
  if (cache.condition == store::CacheCondition::damaged) {
    out.push_back(
        {"cache_damaged", Severity::critical,
         fmt::format("the shopper cache is damaged: shoppers who cannot be read are rejected, the "
                     "others are served. A new cache is being filled from the feed{}. It takes "
                     "over automatically; check the disk: `journalctl -k`{}. {}",
                     progress(cache), in_vain(facts.process.sync.feed), cache.reason)});
  }
  if (!cache.not_kept.empty()) {
    out.push_back(
        {"cache_not_set_aside", Severity::notice,
         "the damaged shopper cache was replaced but could not be set aside: " + cache.not_kept});
  }
}

}  // namespace gatehouse::local
