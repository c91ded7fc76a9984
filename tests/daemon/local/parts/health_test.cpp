#include "daemon/local/parts/health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/local/parts/readiness.hpp"
#include "tests/daemon/local/parts/facts_of_a_known_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;

/// "ledger failed: ledger_trouble", … of those that are not well, in their order.
std::vector<std::string> unwell(const Facts& facts) {
  std::vector<std::string> all;
  for (const PartState& state : health_of(facts).parts) {
    if (state.condition == Condition::well) continue;
    all.push_back(std::string(to_text(state.part)) + " " + std::string(to_text(state.condition)) +
                  ": " + state.code);
  }
  return all;
}

using Unwell = std::vector<std::string>;

TEST(Parts, AreAllWellOnADayOnWhichEverythingIsKnown) {
  EXPECT_EQ(unwell(known_day()), Unwell{});
  for (const PartState& state : health_of(known_day()).parts) {
    EXPECT_EQ(state.code, "") << to_text(state.part);
    EXPECT_EQ(state.text, "") << to_text(state.part);
  }
}

struct Case {
  std::string name;
  void (*happens)(Facts&);
  Unwell unwell;
};
std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

class PartsOf : public testing::TestWithParam<Case> {};

TEST_P(PartsOf, FailAloneAndSayWhy) {
  Facts facts = known_day();
  GetParam().happens(facts);
  EXPECT_EQ(unwell(facts), GetParam().unwell);
}

/// What the four readers show never contradicts each other.
TEST_P(PartsOf, AgreeWithReadinessAndWithTheWarnings) {
  Facts facts = known_day();
  GetParam().happens(facts);
  const Health health = health_of(facts);
  const auto failed = [&](Part part) {
    return state_of(health.parts, part).condition == Condition::failed;
  };
  EXPECT_EQ(unready_reasons(facts, Service::scans).empty(),
            !failed(Part::gate) && !failed(Part::cache));
  EXPECT_EQ(unready_reasons(facts).empty(), !failed(Part::gate) && !failed(Part::ledger));
  if (!unready_reasons(facts, Service::carts).empty()) {
    EXPECT_TRUE(failed(Part::gate) || failed(Part::ledger));
  }
  for (const PartState& state : health.parts) {
    if (state.condition == Condition::well) continue;
    EXPECT_NE(state.code, "") << to_text(state.part);
    EXPECT_NE(state.text, "") << to_text(state.part);
  }
}

const Case cases[] = {
    {"disk_full",
     [](Facts& f) { f.process.ledger_trouble = "database or disk is full"; },
     {"ledger failed: ledger_trouble", "disk degraded: ledger_trouble"}},
    {"disk_read_only",
     [](Facts& f) {
       f.process.ledger_trouble = "ledger.db: SQLITE_CANTOPEN, Read-only file system";
     },
     {"ledger failed: ledger_trouble", "disk degraded: ledger_trouble"}},
    {"disk_that_fails_under_a_ledger_that_does_not_open",
     [](Facts& f) {
       f.process.ledger_open = false;
       f.process.ledger_trouble = "ledger.db: SQLITE_IOERR_READ";
     },
     {"ledger failed: ledger_not_open", "disk degraded: ledger_not_open",
      "cloud degraded: ledger_not_open", "amazon degraded: ledger_not_open"}},
    {"disk_that_takes_no_witness",
     [](Facts& f) { f.process.witness_trouble = "ledger.witness: Input/output error"; },
     {"ledger degraded: ledger_witness_failing", "disk degraded: ledger_witness_failing"}},
    {"ledger_held_by_another_process",
     [](Facts& f) { f.process.ledger_trouble = "SQLITE_BUSY: another program holds the database"; },
     {"ledger failed: ledger_trouble"}},
    {"ledger_not_open",
     [](Facts& f) {
       f.process.ledger_open = false;
       f.ledger_unreadable = "the ledger is not open";
     },
     {"ledger failed: ledger_not_open", "cloud degraded: ledger_not_open",
      "amazon degraded: ledger_not_open"}},
    {"ledger_not_open_where_nothing_goes_to_amazon",
     [](Facts& f) {
       f.process.ledger_open = false;
       f.process.settles = false;
       f.process.sync.payments.configured = false;
     },
     {"ledger failed: ledger_not_open", "cloud degraded: ledger_not_open"}},
    {"ledger_unreadable",
     [](Facts& f) { f.ledger_unreadable = "disk I/O error"; },
     {"ledger failed: ledger_unreadable", "cloud degraded: ledger_unreadable",
      "amazon degraded: ledger_unreadable"}},
    {"ledger_refuses_carts",
     [](Facts& f) { f.process.carts_refused = "SQLITE_CORRUPT"; },
     {"ledger failed: ledger_refuses_carts"}},
    {"damaged_record",
     [](Facts& f) { f.ledger.set_aside = f.ledger.damaged = 1; },
     {"ledger degraded: ledger_damaged"}},
    {"ledger_stuck",
     [](Facts& f) { set_thread(f, "ledger", true, 2'501ms); },
     {"ledger failed: ledger_stuck"}},
    {"slow_disk",
     [](Facts& f) { f.process.disk = {{.thread = "ledger", .inside = 10s}}; },
     {"ledger degraded: disk_slow", "disk degraded: disk_slow"}},
    {"disk_too_slow_for_carts",
     [](Facts& f) { f.process.disk = {{.thread = "ledger", .inside = 20s}}; },
     {"ledger failed: disk_slow", "disk degraded: disk_slow"}},
    {"disk_that_was_too_slow_for_carts_a_moment_ago",
     [](Facts& f) {
       f.process.disk = {{.thread = "ledger", .inside = 2s, .slow_took = 25s, .slow_ago = 2s}};
     },
     {"ledger failed: disk_slow", "disk degraded: disk_slow"}},
    {"disk_that_was_too_slow_for_carts_a_minute_ago",
     [](Facts& f) { f.process.disk = {{.thread = "ledger", .slow_took = 25s, .slow_ago = 61s}}; },
     {"disk degraded: disk_slow"}},
    {"disk_that_stands_still_under_the_sync_thread",
     [](Facts& f) { f.process.disk = {{.thread = "sync", .inside = 60s}}; },
     {"disk failed: disk_slow", "clock failed: disk_slow", "feed failed: disk_slow",
      "cloud failed: disk_slow", "amazon failed: disk_slow", "credentials failed: disk_slow"}},
    {"gate_not_listening",
     [](Facts& f) { f.process.gate_listening.clear(); },
     {"gate failed: gate_not_listening"}},
    {"gate_stuck",
     [](Facts& f) { set_thread(f, "gate", true, 2'501ms); },
     {"gate failed: gate_stuck"}},
    {"gate_insecure",
     [](Facts& f) { f.process.gate_unprotected = true; },
     {"gate degraded: gate_insecure"}},
    {"empty_stand_in",
     [](Facts& f) {
       f.process.sync.cache.condition = store::CacheCondition::stand_in;
       f.process.sync.feed = {};
       f.process.sync.feed.configured = true;
     },
     {"cache failed: cache_stand_in", "feed failed: cache_never_synced"}},
    {"empty_stand_in_of_a_gate_that_asks_the_cloud",
     [](Facts& f) {
       f.process.sync.cache.condition = store::CacheCondition::stand_in;
       f.process.sync.feed = {};
       f.process.sync.feed.configured = true;
       f.process.asks_cloud = true;
     },
     {"cache degraded: cache_stand_in", "feed failed: cache_never_synced"}},
    {"stand_in_that_knows_everybody_while_the_feed_is_read_again",
     [](Facts& f) {
       f.process.sync.cache.condition = store::CacheCondition::stand_in;
       f.process.sync.feed.rebuilding = true;
       f.process.sync.feed.position.complete = false;
     },
     {"cache degraded: cache_stand_in"}},
    {"stand_in_that_the_feed_has_filled",
     [](Facts& f) { f.process.sync.cache.condition = store::CacheCondition::stand_in; },
     {"cache degraded: cache_stand_in"}},
    {"cache_begun_anew",
     [](Facts& f) {
       f.process.sync.cache.kept =
           store::KeptCache{"cache.db.damaged-20231114T221320Z", WallTime{}};
       f.process.sync.feed = {};
       f.process.sync.feed.configured = true;
     },
     {"cache failed: cache_begun_anew", "feed failed: cache_never_synced"}},
    {"cache_that_was_damaged_once",
     [](Facts& f) {
       f.process.sync.cache.kept =
           store::KeptCache{"cache.db.damaged-20231114T221320Z", WallTime{}};
     },
     {}},
    {"damaged_cache",
     [](Facts& f) { f.process.sync.cache.condition = store::CacheCondition::damaged; },
     {"cache degraded: cache_damaged"}},
    {"no_space_left",
     [](Facts& f) { f.process.space = {.measured = FreeSpace{4'096, 1'000}}; },
     {"disk failed: disk_low"}},
    {"little_space_left",
     [](Facts& f) { f.process.space.measured = FreeSpace{20'000'000, 1'000}; },
     {"disk degraded: disk_low"}},
    {"space_not_measured",
     [](Facts& f) { f.process.space.measured.reset(); },
     {"disk degraded: not_known"}},
    {"clock_not_confirmed",
     [](Facts& f) { f.process.sync.clock.verdict.state = sync::ClockState::doubtful; },
     {"clock degraded: not_known"}},
    {"clock_wrong",
     [](Facts& f) { f.process.sync.clock.verdict.state = sync::ClockState::wrong; },
     {"clock failed: clock_wrong"}},
    {"feed_fails",
     [](Facts& f) { f.process.sync.feed.last_error = "status 401"; },
     {"feed degraded: feed_failing"}},
    {"cloud_unreachable",
     [](Facts& f) { f.process.sync.cloud.open = false; },
     {"cloud degraded: cloud_unreachable"}},
    {"call_that_is_a_moment_late",
     [](Facts& f) { f.process.sync.cloud.overdue = sync::overdue_long - 1ms; },
     {}},
    {"call_to_the_cloud_that_does_not_end",
     [](Facts& f) { f.process.sync.cloud.overdue = sync::overdue_long; },
     {"cloud degraded: cloud_call_stuck"}},
    {"call_to_amazon_that_does_not_end",
     [](Facts& f) { f.process.sync.payments.overdue = sync::overdue_long; },
     {"amazon degraded: amazon_call_stuck"}},
    {"records_set_aside",
     [](Facts& f) { f.ledger.set_aside = 1; },
     {"cloud degraded: records_set_aside"}},
    {"oldest_due_beside_a_cloud_that_answers",
     [](Facts& f) {
       f.ledger.pending = 1;
       f.ledger.oldest_pending_at = f.now - 16min;
     },
     {"cloud degraded: deliveries_late"}},
    {"payments_unreachable",
     [](Facts& f) { f.process.sync.payments.open = false; },
     {"amazon degraded: payments_unreachable"}},
    {"no_credentials",
     [](Facts& f) { f.process.has_credentials = false; },
     {"amazon degraded: credentials_missing", "credentials degraded: credentials_missing"}},
    {"no_credentials_for_a_cloud_that_shares_them",
     [](Facts& f) {
       f.process.has_credentials = false;
       f.process.cloud_is_signed = true;
     },
     {"cloud degraded: credentials_missing", "amazon degraded: credentials_missing",
      "credentials degraded: credentials_missing"}},
    {"no_credentials_of_the_feeds_own_role",
     [](Facts& f) { f.process.feed_is_signed = f.process.sync.feed_credentials.wanted = true; },
     {"feed degraded: credentials_missing", "credentials degraded: credentials_missing"}},
    {"no_credentials_and_a_cloud_with_a_role_of_its_own",
     [](Facts& f) {
       f.process.has_credentials = false;
       f.process.cloud_is_signed = true;
       f.process.sync.cloud_credentials.wanted = f.process.sync.cloud_credentials.usable = true;
     },
     {"amazon degraded: credentials_missing", "credentials degraded: credentials_missing"}},
    {"sync_stuck",
     [](Facts& f) { set_thread(f, "sync", true, 2'501ms); },
     {"clock failed: sync_stuck", "feed failed: sync_stuck", "cloud failed: sync_stuck",
      "amazon failed: sync_stuck", "credentials failed: sync_stuck"}},
    {"sync_never_begun",
     [](Facts& f) { set_thread(f, "sync", false, 1s); },
     {"clock degraded: not_known", "feed degraded: not_known", "cloud degraded: not_known",
      "amazon degraded: not_known", "credentials degraded: not_known"}},
    {"sync_never_begun_for_long",
     [](Facts& f) { set_thread(f, "sync", false, 10s); },
     {"clock failed: sync_stuck", "feed failed: sync_stuck", "cloud failed: sync_stuck",
      "amazon failed: sync_stuck", "credentials failed: sync_stuck"}},
    {"local_api_late",
     [](Facts& f) { set_thread(f, "local", true, 30'001ms); },
     {"local_api degraded: local_stuck"}},
    {"threads_of_which_nobody_knows",
     [](Facts& f) { f.process.threads.clear(); },
     {"gate degraded: not_known", "ledger degraded: not_known", "clock degraded: not_known",
      "feed degraded: not_known", "cloud degraded: not_known", "amazon degraded: not_known",
      "credentials degraded: not_known"}},
    {"release_rolled_back",
     [](Facts& f) {
       f.process.rollback =
           RollbackReport{RollbackReport::Outcome::rolled_back, "2", "1", "now", "it failed"};
     },
     {"installation degraded: release_rolled_back"}},
    {"a_notice", [](Facts& f) { f.ledger.differing_carts = 1; }, {}},
};
INSTANTIATE_TEST_SUITE_P(Table, PartsOf, testing::ValuesIn(cases), name_of);

TEST(Parts, NameTheGravestReasonOfSeveral) {
  Facts facts = known_day();
  facts.ledger.set_aside = facts.ledger.damaged = 1;
  facts.process.witness_trouble = "no space left";
  facts.process.ledger_trouble = "full";
  EXPECT_EQ(unwell(facts), Unwell{"ledger failed: ledger_trouble"});
  EXPECT_THAT(state_of(health_of(facts).parts, Part::ledger).text, HasSubstr("cannot be written"));
}

TEST(Parts, StandInTheirOrder) {
  const Parts parts = health_of(known_day()).parts;
  for (std::size_t place = 0; place < part_count; ++place) {
    EXPECT_EQ(parts.at(place).part, part_at(place));
  }
  EXPECT_EQ(to_text(parts.front().part), "gate");
  EXPECT_EQ(to_text(parts.back().part), "installation");
}

}  // namespace
}  // namespace gatehouse::local
