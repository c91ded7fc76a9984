#include "daemon/local/warnings/warnings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Warnings, AreNoneOnAGoodDay) {
  EXPECT_THAT(assess(good_day()), IsEmpty());
}

TEST(Warnings, OfBodiesThatFoundNoRoomEndAfterAWhile) {
  Facts facts = good_day();
  facts.process.gate_bodies_refused = 7;
  facts.process.gate_bodies_refused_at = facts.now - 15min;
  EXPECT_THAT(assess(facts), IsEmpty());
}

struct Case {
  std::string name;
  void (*happens)(Facts&);
  std::string code;
  Severity severity;
  std::string text;  ///< a part of it
};
std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

class Warns : public testing::TestWithParam<Case> {};
TEST_P(Warns, OnceWithWhatToDo) {
  Facts facts = good_day();
  GetParam().happens(facts);
  const auto warnings = assess(facts);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].code, GetParam().code);
  EXPECT_EQ(to_text(warnings[0].severity), to_text(GetParam().severity));
  EXPECT_THAT(warnings[0].text, HasSubstr(GetParam().text));
}

const Case cases[] = {
    {"disk_full", [](Facts& f) { f.process.ledger_trouble = "database or disk is full"; },
     "ledger_trouble", Severity::critical, "database or disk is full. Free space"},
    {"ledger_not_open",
     [](Facts& f) {
       f.process.ledger_open = false;
       f.process.ledger_trouble = "another program holds the database";
       f.ledger_unreadable = "the ledger is not open";
     },
     "ledger_not_open", Severity::critical, "automatically: another program holds the database"},
    {"older_ledger",
     [](Facts& f) {
       f.ledger.gap = store::LedgerGap{store::GapKind::behind, f.now, {"a-uuid", 1, 90}, 7};
       f.ledger.withheld.count = 3;
     },
     "ledger_history_lost", Severity::critical, "it is at 7, but 90 was expected (found 2025"},
    {"deleted_ledger",
     [](Facts& f) { f.ledger.gap = store::LedgerGap{store::GapKind::missing, f.now, {}, 0}; },
     "ledger_history_lost", Severity::critical, "a new one was created"},
    {"key_conflict",
     [](Facts& f) {
       f.ledger.key_conflicts = 2;
       f.ledger.key_conflict_since = f.now - 10min;
     },
     "key_conflict", Severity::critical, "of 2 records that another request has"},
    {"price_for_another_ledger",
     [](Facts& f) {
       f.ledger.not_granted = 9;
       f.ledger.not_granted_recently = 2;
       f.ledger.last_not_granted_trip = "trip-7";
       f.ledger.last_not_granted_reason = "its price names another ledger";
     },
     "price_for_another_ledger", Severity::warning,
     "of 9 trips does not let this ledger charge them, 2 of them in the last days"},
    {"price_for_another_ledger_long_ago", [](Facts& f) { f.ledger.not_granted = 9; },
     "price_for_another_ledger", Severity::notice, "0 of them in the last days"},
    {"witness_lost",
     [](Facts& f) { f.ledger.gap = store::LedgerGap{store::GapKind::witness_lost, f.now, {}, 0}; },
     "ledger_witness_lost", Severity::warning, "run `gatehouse ledger accept`"},
    {"witness_failing", [](Facts& f) { f.process.witness_trouble = "no space left"; },
     "ledger_witness_failing", Severity::warning, "still accepted: no space left"},
    {"ledger_unreadable", [](Facts& f) { f.ledger_unreadable = "disk I/O error"; },
     "ledger_unreadable", Severity::critical, "disk I/O error"},
    {"ledger_refuses_carts", [](Facts& f) { f.process.carts_refused = "SQLITE_CORRUPT"; },
     "ledger_refuses_carts", Severity::critical, "scans continue: SQLITE_CORRUPT. Follow"},
    {"no_gate", [](Facts& f) { f.process.gate_listening.clear(); }, "gate_not_listening",
     Severity::critical, "set gate.listen, or `systemctl start gatehouse-gate.socket`"},
    {"open_gate", [](Facts& f) { f.process.gate_unprotected = true; }, "gate_insecure",
     Severity::warning, "gate.tls_client_ca"},
    {"bodies_full",
     [](Facts& f) {
       f.process.gate_bodies_refused = 7;
       f.process.gate_bodies_refused_at = f.now - 14min;
     },
     "gate_bodies_full", Severity::warning, "7 requests at the gate"},
    {"no_feed", [](Facts& f) { f.process.sync.feed.configured = false; }, "feed_not_configured",
     Severity::warning, "set feed.url"},
    {"never_synced", [](Facts& f) { f.process.sync.feed.position.synced_at.reset(); },
     "cache_never_synced", Severity::critical, "never synced"},
    {"stale", [](Facts& f) { f.process.sync.feed.position.synced_at = f.now - 25h; }, "cache_stale",
     Severity::warning, "25 h 0 min ago; scans are still answered"},
    {"stale_by_the_steady_clock_under_a_wall_clock_that_fell_back",
     [](Facts& f) {
       f.process.sync.feed.position.synced_at = f.now + 24h;
       f.process.in_step_before = 25h;
     },
     "cache_stale", Severity::warning, "25 h"},
    {"stale_by_how_long_the_gate_has_been_open",
     [](Facts& f) {
       f.process.sync.feed.position.synced_at = f.now + 24h;
       f.process.wall_confirmed = false;
       f.process.gate_open_for = 25h;
     },
     "cache_stale", Severity::warning, "25 h"},
    {"stale_and_closed",
     [](Facts& f) {
       f.process.sync.feed.position.synced_at = f.now - 25h;
       f.process.reject_when_stale = true;
     },
     "cache_stale", Severity::critical, "scans are rejected"},
    {"feed_fails", [](Facts& f) { f.process.sync.feed.last_error = "status 401"; }, "feed_failing",
     Severity::warning, "status 401"},
    {"no_cloud",
     [](Facts& f) {
       f.process.sync.cloud.configured = false;
       f.ledger.pending = 7;
     },
     "cloud_not_configured", Severity::warning, "set cloud.url; 7 deliveries wait"},
    {"cloud_down",
     [](Facts& f) {
       f.process.sync.cloud.open = false;
       f.process.sync.cloud.last_error = "could not resolve host";
       f.ledger.pending = 7;
       f.ledger.oldest_pending_at = f.now - 3h - 12min;
     },
     "cloud_unreachable", Severity::warning,
     "could not resolve host; 7 deliveries wait, the oldest for 3 h 12 min"},
    {"call_to_the_cloud_that_does_not_end",
     [](Facts& f) {
       f.process.sync.cloud.longest_wait = 61s;
       f.process.sync.cloud.overdue = 31s;
     },
     "cloud_call_stuck", Severity::warning, "has been under way for 1 min"},
    {"call_to_amazon_that_does_not_end",
     [](Facts& f) { f.process.sync.refunds.overdue = sync::overdue_long; }, "amazon_call_stuck",
     Severity::warning, "a refund's call to Amazon"},
    {"cloud_refuses",
     [](Facts& f) {
       f.process.sync.cloud.open = false;
       f.process.sync.cloud.refuses_all = true;
       f.process.sync.cloud.last_error = "the cloud refused it with 422";
       f.ledger.pending = 90;
     },
     "cloud_refuses", Severity::warning, "422; 90 deliveries wait. One record at a time is tried"},
    {"deliveries_late",
     [](Facts& f) {
       f.ledger.pending = 7;
       f.ledger.oldest_pending_at = f.now - 16min;
     },
     "deliveries_late", Severity::warning, "records list --state pending"},
    {"damaged_records", [](Facts& f) { f.ledger.set_aside = f.ledger.damaged = 2; },
     "ledger_damaged", Severity::critical, "2 records are set aside for that, 0 more could not"},
    {"damage_met_by_a_write", [](Facts& f) { f.process.ledger_damage = "SQLITE_CORRUPT"; },
     "ledger_damaged", Severity::critical, "SQLITE_CORRUPT. Keep the box running"},
    {"damage_met_by_a_read",
     [](Facts& f) { f.process.sync.damage = {.text = "SHA-256 differs", .quarantined = 1}; },
     "ledger_damaged", Severity::critical, "1 more could not be set aside"},
    {"damage_met_by_a_count", [](Facts& f) { f.ledger.prices_damage = "SQLITE_CORRUPT in it"; },
     "ledger_damaged", Severity::critical, "Latest error: SQLITE_CORRUPT in it"},
    {"set_aside", [](Facts& f) { f.ledger.set_aside = 2; }, "records_set_aside", Severity::warning,
     "2 deliveries were refused permanently, or are refunds that a lost history may have ended: "
     "see `gatehouse records list"},
    {"held", [](Facts& f) { f.ledger.held = 1; }, "settlements_held", Severity::critical,
     "1 charges wait for an operator"},
    {"charge_near",
     [](Facts& f) {
       f.ledger.settlement_open = 2;
       f.ledger.oldest_uncharged_trip_at = f.now - 40h - 1min;
     },
     "charge_deadline_near", Severity::critical, "5 h 59 min is left"},
    {"charge_half",
     [](Facts& f) {
       f.ledger.settlement_open = 2;
       f.ledger.oldest_uncharged_trip_at = f.now - 23h - 1min;
     },
     "charge_deadline_half", Severity::warning, "22 h 59 min is left"},
    {"charge_last_hour", [](Facts& f) { f.ledger.oldest_uncharged_trip_at = f.now - 45h - 1min; },
     "charge_deadline_last_hour", Severity::critical, "59 min is left"},
    {"charge_window_of_its_own",
     [](Facts& f) {
       f.process.charge_window = 10h;
       f.ledger.oldest_uncharged_trip_at = f.now - 5h;
     },
     "charge_deadline_near", Severity::critical, "5 h 0 min is left"},
    {"expired",
     [](Facts& f) {
       f.ledger.expired = 3;
       f.ledger.expired_recently = 1;
     },
     "settlements_expired", Severity::critical, "3 trips were not charged in time"},
    {"expired_long_ago", [](Facts& f) { f.ledger.expired = 3; }, "settlements_expired",
     Severity::notice, "3 trips were not charged in time"},
    {"charge_late", [](Facts& f) { f.ledger.oldest_uncharged_trip_at = f.now - 46h - 1min; },
     "charge_overdue", Severity::critical, "began 46 h 1 min ago and is not charged yet"},
    {"capture_unclear",
     [](Facts& f) {
       f.ledger.captures_unclear = 2;
       f.ledger.oldest_unclear_trip_at = f.now - 31min;
     },
     "captures_unclear", Severity::warning,
     "the outcome of 2 captures is not known (the oldest trip began 31 min ago)"},
    {"evidence_unsound",
     [](Facts& f) {
       f.ledger.evidence_unsound = 1;
       f.ledger.last_unsound_trip = "T-1";
     },
     "evidence_unsound", Severity::critical, "a reconciliationId for trip T-1 before this box"},
    {"evidence_unsound_and_acknowledged",
     [](Facts& f) {
       f.ledger.evidence_unsound = 1;
       f.process.reconciliation_means_captured = false;
     },
     "evidence_unsound", Severity::notice, "proves no capture"},
    {"price_unusable",
     [](Facts& f) {
       f.ledger.awaiting_price = 2;
       f.ledger.prices_unusable = 1;
       f.ledger.last_price_unusable_trip = "T-1";
       f.ledger.last_price_unusable_reason = "charge lacks a code";
       f.ledger.oldest_uncharged_trip_at = f.now - 1min;
     },
     "price_unusable", Severity::warning, "The last is trip T-1: charge lacks a code."},
    {"full_cart_after_empty",
     [](Facts& f) {
       f.ledger.carts_after_empty = 1;
       f.ledger.last_trip_after_empty = "T-1";
     },
     "cart_after_empty", Severity::critical, "the last for trip T-1"},
    {"price_late",
     [](Facts& f) {
       f.ledger.awaiting_price = 3;
       f.ledger.oldest_uncharged_trip_at = f.now - 5h;
     },
     "price_late", Severity::warning, "3 trips have no price yet"},
    {"credentials_on_their_way", [](Facts& f) { f.process.has_credentials = false; },
     "credentials_missing", Severity::warning, "being fetched"},
    {"no_credentials",
     [](Facts& f) {
       f.process.has_credentials = false;
       f.process.sync.credentials.last_error = "AWS IoT: abc answered 403";
     },
     "credentials_missing", Severity::warning, "charges wait: AWS IoT: abc answered 403"},
    {"credentials_not_renewed",
     [](Facts& f) { f.process.sync.credentials.last_error = "STS answered 503"; },
     "credentials_expiring", Severity::warning, "expire in 52 min and cannot be renewed"},
    {"credentials_nearly_gone",
     [](Facts& f) {
       f.process.sync.credentials.expires_at = f.now + 14min;
       f.process.sync.credentials.last_error = "STS answered 503";
     },
     "credentials_expiring", Severity::critical, "STS answered 503"},
    {"credentials_of_a_broken_file",
     [](Facts& f) {
       f.process.sync.credentials.expires_at.reset();
       f.process.sync.credentials.last_error = "/etc/aws:3: expected key = value";
     },
     "credentials_not_renewed", Severity::warning, "/etc/aws:3"},
    {"refunds_down",
     [](Facts& f) {
       f.process.sync.refunds.configured = true;
       f.process.sync.refunds.open = false;
       f.process.sync.refunds.last_error = "Amazon answered 404";
     },
     "refunds_unreachable", Severity::warning, "refunds wait: Amazon answered 404"},
    {"reports_without_a_host",
     [](Facts& f) {
       f.process.sync.reports.configured = true;
       f.process.sync.reports.open = false;
       f.process.sync.reports.last_error = "no URL: set jwo.feedback_url";
     },
     "reports_unreachable", Severity::warning, "set jwo.feedback_url"},
    {"decisions_refused",
     [](Facts& f) {
       f.ledger.decisions_refused = 2;
       f.ledger.last_decision_refused_trip = "T-7";
       f.ledger.last_decision_refused_reason = "it is captured, and that is final";
     },
     "decisions_refused", Severity::warning, "trip T-7: it is captured"},
    {"payments_down",
     [](Facts& f) {
       f.process.sync.payments.open = false;
       f.ledger.settlement_open = 4;
     },
     "payments_unreachable", Severity::warning, "4 charges are open"},
    {"differing", [](Facts& f) { f.ledger.differing_carts = 1; }, "differing_carts",
     Severity::notice, "1 carts were sent again with different contents"},
    {"configuration",
     [](Facts& f) {
       f.process.configuration_warnings = {{"cloud.url", "http to another machine"}};
     },
     "configuration", Severity::notice, "cloud.url: http to another machine"},
    {"pressing_configuration",
     [](Facts& f) {
       f.process.configuration_warnings = {{"gate.listen", "is set to x, but systemd", true}};
     },
     "configuration", Severity::warning, "gate.listen: is set to x"},
    {"placeholder",
     [](Facts& f) { f.process.configuration_warnings = {{"store.id", "still the placeholder"}}; },
     "configuration", Severity::warning, "store.id: still the placeholder"},
};
INSTANTIATE_TEST_SUITE_P(Table, Warns, testing::ValuesIn(cases), name_of);

struct Fine {
  std::string name;
  void (*happens)(Facts&);
};
std::string fine_name_of(const testing::TestParamInfo<Fine>& info) {
  return info.param.name;
}

class DoesNotWarn : public testing::TestWithParam<Fine> {};
TEST_P(DoesNotWarn, OfWhatIsWell) {
  Facts facts = good_day();
  GetParam().happens(facts);
  EXPECT_THAT(assess(facts), IsEmpty());
}

const Fine fine[] = {
    {"just_in_time", [](Facts& f) { f.process.sync.feed.position.synced_at = f.now - 24h; }},
    {"never_stale",
     [](Facts& f) {
       f.process.stale_after = 0ms;
       f.process.sync.feed.position.synced_at = f.now - 9000h;
     }},
    {"a_short_queue",
     [](Facts& f) {
       f.ledger.pending = 7;
       f.ledger.oldest_pending_at = f.now - 15min;
     }},
    {"charge_has_time", [](Facts& f) { f.ledger.oldest_uncharged_trip_at = f.now - 23h; }},
    {"price_has_time",
     [](Facts& f) {
       f.ledger.awaiting_price = 3;
       f.ledger.oldest_uncharged_trip_at = f.now - 4h;
     }},
    {"a_conflict_that_may_pass",
     [](Facts& f) {
       f.ledger.key_conflicts = 1;
       f.ledger.key_conflict_since = f.now - 10min + 1ms;
     }},
    {"no_credentials_needed",
     [](Facts& f) {
       f.process.settles = false;
       f.process.has_credentials = false;
       f.process.sync.credentials.wanted = false;
     }},
    {"a_clock_that_jumped_back",
     [](Facts& f) { f.process.sync.feed.position.synced_at = f.now + 24h; }},
};
INSTANTIATE_TEST_SUITE_P(Table, DoesNotWarn, testing::ValuesIn(fine), fine_name_of);

TEST(Warnings, AreNotDoubledByTheConfiguration) {
  Facts facts = good_day();
  facts.process.sync.feed.configured = false;
  facts.process.sync.cloud.configured = false;
  facts.process.has_credentials = false;
  facts.process.gate_unprotected = true;
  facts.process.configuration_warnings = {{"feed.url", "not set: x"},
                                          {"cloud.url", "not set: x"},
                                          {"aws.credentials", "x"},
                                          {"gate.insecure", "x"}};
  std::vector<std::string> codes;
  for (const Warning& warning : assess(facts)) codes.push_back(warning.code);
  EXPECT_THAT(codes, ElementsAre("gate_insecure", "feed_not_configured", "cloud_not_configured",
                                 "credentials_missing"));
}

TEST(Warnings, ComeWithTheWorstFirst) {
  Facts facts = good_day();
  facts.ledger.differing_carts = 1;
  facts.ledger.set_aside = 1;
  facts.ledger.held = 1;
  std::vector<std::string> codes;
  for (const Warning& warning : assess(facts)) codes.push_back(warning.code);
  EXPECT_THAT(codes, ElementsAre("settlements_held", "records_set_aside", "differing_carts"));
}

}  // namespace
}  // namespace gatehouse::local
