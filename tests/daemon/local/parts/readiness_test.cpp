#include "daemon/local/parts/readiness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/local/parts/facts_of_a_known_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Readiness, IsThereOnAGoodDay) {
  EXPECT_THAT(unready_reasons(good_day()), IsEmpty());
  EXPECT_THAT(unready_reasons(known_day()), IsEmpty());
}

TEST(Readiness, NeedsALedgerThatTakesCartsAndAGateThatIsServed) {
  Facts facts = good_day();
  facts.process.ledger_trouble = "full";
  EXPECT_THAT(unready_reasons(facts), ElementsAre("the ledger cannot be written: full"));
  facts = good_day();
  facts.ledger_unreadable = "gone";
  EXPECT_THAT(unready_reasons(facts), ElementsAre("the ledger cannot be read: gone"));
  facts = good_day();
  facts.process.gate_listening.clear();
  EXPECT_THAT(unready_reasons(facts), ElementsAre("the gate is not listening"));
}

TEST(Readiness, DoesNotNeedTheLine) {
  Facts facts = good_day();
  facts.process.sync = {};
  EXPECT_THAT(unready_reasons(facts), IsEmpty());
}

/// Which of the three says no: "all carts".
std::string unready(const Facts& facts) {
  std::string said;
  for (const auto& [service, name] :
       {std::pair{Service::all, "all "}, {Service::scans, "scans "}, {Service::carts, "carts "}}) {
    if (!unready_reasons(facts, service).empty()) said += name;
  }
  return said;
}

struct Case {
  std::string name;
  void (*happens)(Facts&);
  std::string unready;
};
std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

class ReadinessOf : public testing::TestWithParam<Case> {};
TEST_P(ReadinessOf, SaysNoForTheServiceThatIsGone) {
  Facts facts = known_day();
  GetParam().happens(facts);
  EXPECT_EQ(unready(facts), GetParam().unready);
}

const Case cases[] = {
    {"no_gate", [](Facts& f) { f.process.gate_listening.clear(); }, "all scans carts "},
    {"gate_stuck", [](Facts& f) { set_thread(f, "gate", true, 3s); }, "all scans carts "},
    {"empty_stand_in",
     [](Facts& f) {
       f.process.sync.cache.condition = store::CacheCondition::stand_in;
       f.process.sync.feed = {};
       f.process.sync.feed.configured = true;
     },
     "scans "},
    {"cache_begun_anew",
     [](Facts& f) {
       f.process.sync.cache.kept =
           store::KeptCache{"cache.db.damaged-20231114T221320Z", WallTime{}};
       f.process.sync.feed = {};
       f.process.sync.feed.configured = true;
     },
     "scans "},
    {"empty_stand_in_of_a_gate_that_asks_the_cloud",
     [](Facts& f) {
       f.process.sync.cache.condition = store::CacheCondition::stand_in;
       f.process.sync.feed = {};
       f.process.sync.feed.configured = true;
       f.process.asks_cloud = true;
     },
     ""},
    {"stand_in_that_knows_everybody_while_the_feed_is_read_again",
     [](Facts& f) {
       f.process.sync.cache.condition = store::CacheCondition::stand_in;
       f.process.sync.feed.rebuilding = true;
       f.process.sync.feed.position.complete = false;
     },
     ""},
    {"stand_in_that_knows_some_already",
     [](Facts& f) {
       f.process.sync.cache.condition = store::CacheCondition::stand_in;
       f.process.sync.feed = {};
       f.process.sync.feed.configured = true;
       f.process.sync.feed.shoppers = 1;
     },
     ""},
    {"filled_stand_in",
     [](Facts& f) { f.process.sync.cache.condition = store::CacheCondition::stand_in; }, ""},
    {"ledger_not_open", [](Facts& f) { f.process.ledger_open = false; }, "all carts "},
    {"disk_full", [](Facts& f) { f.process.ledger_trouble = "full"; }, "all carts "},
    {"damage_that_refuses_carts", [](Facts& f) { f.process.carts_refused = "SQLITE_CORRUPT"; },
     "all carts "},
    {"damage_that_sets_one_record_aside",
     [](Facts& f) { f.ledger.set_aside = f.ledger.damaged = 1; }, ""},
    {"ledger_stuck", [](Facts& f) { set_thread(f, "ledger", true, 3s); }, "all carts "},
    {"disk_too_slow", [](Facts& f) { f.process.disk = {{.thread = "ledger", .inside = 20s}}; },
     "all carts "},
    {"disk_that_was_too_slow_a_moment_ago",
     [](Facts& f) {
       f.process.disk = {{.thread = "ledger", .inside = 1s, .slow_took = 25s, .slow_ago = 1s}};
     },
     "all carts "},
    {"disk_that_was_too_slow_a_minute_ago",
     [](Facts& f) { f.process.disk = {{.thread = "ledger", .slow_took = 25s, .slow_ago = 61s}}; },
     ""},
    {"disk_slow_enough_to_wait",
     [](Facts& f) { f.process.disk = {{.thread = "ledger", .inside = 19s}}; }, ""},
    {"ledger_unreadable", [](Facts& f) { f.ledger_unreadable = "disk I/O error"; }, "all "},
    {"sync_stuck", [](Facts& f) { set_thread(f, "sync", true, 60s); }, ""},
};
INSTANTIATE_TEST_SUITE_P(Table, ReadinessOf, testing::ValuesIn(cases), name_of);

}  // namespace
}  // namespace gatehouse::local
