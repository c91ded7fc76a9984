#include "daemon/local/view/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "daemon/gate/call/connector.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

template <class Which>
void answer(Metrics& metrics, gate::Counted counted, std::chrono::nanoseconds took) {
  metrics.call_answered(gate::id_of<Which>, counted.place(), took);
}

/// What the status says of these calls.
ConnectorCounts counts_of(const Metrics& metrics, std::string_view calls) {
  for (const ConnectorCounts& counts : metrics.gate_counts()) {
    if (counts.calls == calls) return counts;
  }
  ADD_FAILURE() << calls << " are not counted";
  return {};
}

std::string exposition(const Metrics& metrics, const Facts& facts = good_day()) {
  return metrics.exposition(facts, health_of(facts));
}

TEST(Metrics, HaveEverySeriesFromTheStart) {
  Metrics metrics;
  const auto observe = metrics.listener("gate");
  const std::string text = exposition(metrics);
  EXPECT_THAT(text, HasSubstr("gatehouse_scans_total{outcome=\"accepted\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_scans_total{outcome=\"invalid\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_carts_total{answer=\"recorded\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_requests_refused_total{status=\"404\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_carts_refused_total{outcome=\"full\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_carts_turned_away_total{status=\"413\"} 0\n"));
  EXPECT_THAT(text,
              testing::ContainsRegex(
                  "gatehouse_listener_events_total\\{[^}]*event=\"accept_failed\"[^}]*\\} 0"));
}

TEST(Metrics, CountDownToTheExpiryOfTheKeys) {
  const Metrics metrics;
  EXPECT_THAT(exposition(metrics), HasSubstr("gatehouse_credentials_expire_in_seconds 3120.5\n"));
  EXPECT_THAT(exposition(metrics), HasSubstr("gatehouse_credentials_usable{source=\"iot\"} 1\n"));
  Facts facts = good_day();
  facts.process.sync.credentials.expires_at.reset();
  EXPECT_THAT(exposition(metrics, facts), Not(HasSubstr("credentials_expire_in_seconds")));
  facts.process.sync.credentials.wanted = false;
  EXPECT_THAT(exposition(metrics, facts), Not(HasSubstr("gatehouse_credentials")));
}

TEST(Metrics, TellTheKeysOfAFeedsOwnRoleApart) {
  const Metrics metrics;
  Facts facts = good_day();
  facts.process.sync.feed_credentials = facts.process.sync.credentials;
  facts.process.sync.feed_credentials.usable = false;
  const auto text = exposition(metrics, facts);
  EXPECT_THAT(text, HasSubstr("gatehouse_credentials_usable{source=\"iot\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_credentials_usable{for=\"feed\",source=\"iot\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_credentials_expire_in_seconds{for=\"feed\"} 3120.5\n"));
}

TEST(Metrics, SayWhenSomethingExpires) {
  const Metrics metrics;
  EXPECT_THAT(exposition(metrics), Not(HasSubstr("gatehouse_expires_timestamp_seconds")));
  Facts facts = good_day();
  facts.process.archive_key = Expiry{"archive_key", "/x", WallTime{1'800'000'000s}};
  facts.process.certificates = {{"gate.tls_certificate", "/y", WallTime{1'700'000'000s}},
                                {"cloud.ca_file", "/z", {}, "is a directory"}};
  const std::string text = exposition(metrics, facts);
  EXPECT_THAT(text,
              HasSubstr("gatehouse_expires_timestamp_seconds{what=\"archive_key\"} 1800000000\n"));
  EXPECT_THAT(text, HasSubstr("{what=\"gate.tls_certificate\"} 1700000000\n"));
  EXPECT_THAT(text, Not(HasSubstr("cloud.ca_file")));
}

TEST(Metrics, CountScansByOutcomeAndTakeTheirTime) {
  Metrics metrics;
  answer<gate::ScanConnector>(metrics, gate::ScanOutcome::accepted, 20us);
  answer<gate::ScanConnector>(metrics, gate::ScanOutcome::accepted, 2ms);
  answer<gate::ScanConnector>(metrics, gate::ScanOutcome::invalid, 20us);
  const std::string text = exposition(metrics);
  EXPECT_THAT(text, HasSubstr("gatehouse_scans_total{outcome=\"accepted\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_scans_total{outcome=\"invalid\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_scan_duration_seconds_count 3\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_scan_duration_seconds_bucket{le=\"2.5e-05\"} 2\n"));
  EXPECT_EQ(counts_of(metrics, "scans").answers.front(),
            std::pair(std::string("accepted"), std::uint64_t{2}));
}

TEST(Metrics, CountTheOtherConnectorsTheSameWay) {
  Metrics metrics;
  answer<gate::IdentityConnector>(metrics, gate::ScanOutcome::expired, 20us);
  answer<gate::DetailsConnector>(metrics, gate::DetailsAnswer::not_found, 20us);
  answer<gate::AuthorizationConnector>(metrics, gate::AuthorizationAnswer::adjusted, 20us);
  metrics.request_refused(429);
  const std::string text = exposition(metrics);
  EXPECT_THAT(text, HasSubstr("gatehouse_identity_keys_total{outcome=\"expired\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_identity_keys_total{outcome=\"accepted\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_identity_key_duration_seconds_count 1\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_scan_details_total{answer=\"not_found\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_shopper_authorizations_total{answer=\"adjusted\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_requests_refused_total{status=\"429\"} 1\n"));
  EXPECT_EQ(counts_of(metrics, "identityKeys").answers.size(), 8U);
  EXPECT_EQ(counts_of(metrics, "scanDetails").answers.size(), 5U);
  EXPECT_EQ(counts_of(metrics, "shopperAuthorizations").answers.size(), 5U);
}

TEST(Metrics, CountCartsByAnswer) {
  Metrics metrics;
  answer<gate::CartConnector>(metrics, gate::CartAnswer::recorded, 300us);
  answer<gate::CartConnector>(metrics, gate::CartAnswer::unavailable, 20s);
  const std::string text = exposition(metrics);
  EXPECT_THAT(text, HasSubstr("gatehouse_carts_total{answer=\"recorded\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_carts_total{answer=\"unavailable\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_cart_duration_seconds_bucket{le=\"+Inf\"} 2\n"));
  EXPECT_EQ(counts_of(metrics, "carts").answers.front(),
            std::pair(std::string("recorded"), std::uint64_t{1}));
}

TEST(Metrics, CountRefusalsUnderAFewStatusesOnly) {
  Metrics metrics;
  for (const unsigned status : {401U, 404U, 404U, 405U, 418U, 499U})
    metrics.request_refused(status);
  const std::string text = exposition(metrics);
  EXPECT_THAT(text, HasSubstr("gatehouse_requests_refused_total{status=\"401\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_requests_refused_total{status=\"404\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_requests_refused_total{status=\"405\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_requests_refused_total{status=\"other\"} 2\n"));
}

TEST(Metrics, TellOfTheSpaceOnTheDiskOnceItIsKnown) {
  const Metrics metrics;
  Facts facts = good_day();
  EXPECT_THAT(exposition(metrics, facts), Not(HasSubstr("gatehouse_disk_free_bytes")));
  facts.process.space.measured = FreeSpace{1'000, 4'000};
  facts.process.space.reserve_bytes = 64;
  EXPECT_THAT(exposition(metrics, facts), HasSubstr("gatehouse_disk_free_bytes 1000\n"));
  EXPECT_THAT(exposition(metrics, facts), HasSubstr("gatehouse_disk_size_bytes 4000\n"));
  EXPECT_THAT(exposition(metrics, facts), HasSubstr("gatehouse_disk_reserve_bytes 64\n"));
  EXPECT_THAT(exposition(metrics, facts), Not(HasSubstr("gatehouse_disk_growth_bytes_per_day")));
  facts.process.space.growth_bytes_a_day = -7;
  EXPECT_THAT(exposition(metrics, facts), HasSubstr("gatehouse_disk_growth_bytes_per_day -7\n"));
}

TEST(Metrics, CountEachListenersEventsApart) {
  Metrics metrics;
  const auto gate = metrics.listener("gate");
  const auto local = metrics.listener("local");
  gate(http::ServerEvent::tls_failed);
  local(http::ServerEvent::accepted);
  const std::string text = exposition(metrics);
  EXPECT_THAT(text, HasSubstr("{event=\"tls_failed\",listener=\"gate\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("{event=\"tls_failed\",listener=\"local\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("{event=\"accepted\",listener=\"local\"} 1\n"));
}

TEST(Metrics, SayHowLongEachThreadComputedWithoutABreak) {
  const Metrics metrics;
  Facts facts = good_day();
  facts.process.threads.at(2).longest = 131ms;
  facts.process.threads.at(2).long_ones = 3;
  const std::string text = exposition(metrics, facts);
  EXPECT_THAT(text, HasSubstr("gatehouse_longest_turn_seconds{thread=\"sync\"} 0.131\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_long_turns_total{thread=\"sync\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_long_turns_total{thread=\"gate\"} 0\n"));
}

TEST(Metrics, ExposeLedgerCacheAndDestinations) {
  const Metrics metrics;
  Facts facts = good_day();
  facts.ledger.pending = 5;
  facts.ledger.pending_refunds = 2;
  facts.process.sync.payments.longest_wait = 2'500ms;
  facts.ledger.oldest_pending_at = WallTime{1'500ms};
  facts.process.sync.cloud.open = false;
  const std::string text = exposition(metrics, facts);
  EXPECT_THAT(text, HasSubstr("gatehouse_ledger_deliveries{state=\"pending\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_ledger_deliveries{state=\"delivered\"} 301\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_ledger_deliveries_waiting{destination=\"cloud\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_ledger_deliveries_waiting{destination=\"refunds\"} 2\n"));
  EXPECT_THAT(text,
              HasSubstr("gatehouse_destination_longest_wait_seconds{destination=\"cloud\"} 0\n"));
  EXPECT_THAT(
      text,
      HasSubstr("gatehouse_destination_longest_wait_seconds{destination=\"payments\"} 2.5\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_ledger_oldest_pending_time_seconds 1.5\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_ledger_settlements{state=\"captured\"} 98\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_cache_shoppers 1000000\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_destination_reachable{destination=\"cloud\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_destination_reachable{destination=\"payments\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_destination_requests_total{destination=\"cloud\",result="
                              "\"failure\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_build_info{version=\"1.2.3\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_warnings{severity=\"warning\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_ready 1\n"));
}

TEST(Metrics, SayInWhichConditionEachPartIs) {
  const Metrics metrics;
  Facts facts = good_day();
  facts.process.ledger_trouble = "full";
  const std::string text = exposition(metrics, facts);
  EXPECT_THAT(text, HasSubstr("gatehouse_part_state{part=\"gate\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("gatehouse_part_state{part=\"disk\"} 1\n")) << "nobody measured it";
  EXPECT_THAT(text, HasSubstr("gatehouse_part_state{part=\"ledger\"} 2\n"));
}

TEST(Metrics, LeaveOutWhatIsNotKnown) {
  const Metrics metrics;
  Facts facts = good_day();
  facts.process.sync.payments.configured = false;
  EXPECT_THAT(exposition(metrics, facts), Not(HasSubstr("oldest_pending_time")));
  EXPECT_THAT(exposition(metrics, facts), Not(HasSubstr("destination=\"payments\"")));
  facts.ledger_unreadable = "disk I/O error";
  EXPECT_THAT(exposition(metrics, facts), Not(HasSubstr("gatehouse_ledger_trips")));
  EXPECT_THAT(exposition(metrics, facts), HasSubstr("gatehouse_ready 0\n"));
}

TEST(Metrics, AreNamedAsPrometheusAdvises) {
  Metrics metrics;
  const auto observe = metrics.listener("gate");
  std::istringstream lines(exposition(metrics));
  const std::regex type_line("# TYPE (gatehouse_[a-z_]+) (counter|gauge|histogram)");
  int types = 0;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (!line.starts_with("# TYPE")) continue;
    ASSERT_TRUE(std::regex_match(line, match, type_line)) << line;
    EXPECT_EQ(match[2] == "counter", match[1].str().ends_with("_total")) << line;
    ++types;
  }
  EXPECT_GT(types, 20);
}

TEST(Metrics, CountCartsThatWereNotTakenAndRememberTheLast) {
  Metrics metrics;
  EXPECT_FALSE(metrics.cart_refusals().not_kept_at);
  EXPECT_FALSE(metrics.cart_refusals().turned_away_at);
  const WallTime first = from_unix_ms(1'000);
  const WallTime last = from_unix_ms(2'000);
  metrics.cart_refused(gate::RefusedKeeping::too_many, first);
  metrics.cart_refused(gate::RefusedKeeping::kept, last);
  metrics.cart_refused(gate::RefusedKeeping::repeated, last);
  metrics.cart_turned_away(401, first);
  metrics.cart_turned_away(413, last);
  const CartRefusals carts = metrics.cart_refusals();
  EXPECT_EQ(carts.not_kept, 1U);
  EXPECT_EQ(carts.not_kept_at, first);
  EXPECT_EQ(carts.unauthorised, 1U);
  EXPECT_EQ(carts.too_large, 1U);
  EXPECT_EQ(carts.turned_away_at, last);
  EXPECT_EQ(carts.kept_or_not.size(), 6U);
}

}  // namespace
}  // namespace gatehouse::local
