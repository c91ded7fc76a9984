#include "daemon/local/parts/readiness.hpp"

#include <fmt/format.h>

#include "daemon/gate/call/gate_options.hpp"
#include "daemon/local/warnings/cache_warnings.hpp"
#include "daemon/local/warnings/thread_warnings.hpp"
#include "daemon/local/warnings/warnings.hpp"
#include "store/values/age.hpp"

namespace gatehouse::local {
namespace {

using Reasons = std::vector<std::string>;

void append_stuck(const Facts& facts, std::string_view thread, Reasons& reasons) {
  const ThreadTurn* turn = find_thread(facts, thread);
  if (turn == nullptr || !is_stuck(*turn)) return;
  reasons.push_back(
      fmt::format("the {} thread has not turned for {}", thread, age_text(turn->still)));
}

void append_cache(const Facts& facts, Reasons& reasons) {
  if (!lets_nobody_in(facts.process)) return;
  reasons.push_back(is_begun_anew(facts.process.sync)
                        ? "the shopper cache was damaged, and is built anew from the feed"
                        : "an empty cache stands in for cache.db: " +
                              facts.process.sync.cache.reason);
}

void append_ledger(const Facts& facts, Reasons& reasons) {
  const ProcessFacts& process = facts.process;
  if (!process.ledger_open) {
    reasons.push_back("the ledger is not open: " + why_not_open(process.ledger_trouble));
  } else if (!process.ledger_trouble.empty()) {
    reasons.push_back("the ledger cannot be written: " + process.ledger_trouble);
  }
  if (!process.carts_refused.empty()) {
    reasons.push_back("the ledger takes no cart, it is damaged: " + process.carts_refused);
  }
  append_stuck(facts, "ledger", reasons);
  const milliseconds wait = lately_waited_for_disk(facts, "ledger");
  if (wait >= gate::cart_wait_max) {
    reasons.push_back("the disk has kept carts waiting for " + age_text(wait));
  }
}

}  // namespace

bool lets_nobody_in(const ProcessFacts& process) {
  const bool stands_in = process.sync.cache.condition == store::CacheCondition::stand_in;
  if (!stands_in && !is_begun_anew(process.sync)) return false;
  const sync::FeedStatus& feed = process.sync.feed;
  const bool is_filled = feed.position.complete || feed.rebuilding || feed.shoppers > 0;
  return !is_filled && !process.asks_cloud;
}

std::vector<std::string> unready_reasons(const Facts& facts, Service service) {
  Reasons reasons;
  if (service != Service::scans) append_ledger(facts, reasons);
  if (service == Service::all && facts.process.ledger_open && !facts.ledger_unreadable.empty()) {
    reasons.push_back("the ledger cannot be read: " + facts.ledger_unreadable);
  }
  if (facts.process.gate_listening.empty()) reasons.emplace_back("the gate is not listening");
  append_stuck(facts, "gate", reasons);
  if (service == Service::scans) append_cache(facts, reasons);
  return reasons;
}

}  // namespace gatehouse::local
