#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/command/render.hpp"
#include "daemon/command/shown.hpp"
#include "daemon/configuration/reference.hpp"
#include "tests/daemon/command/gatehouse.hpp"
#include "tests/daemon/configuration/folder.hpp"

namespace gatehouse::command {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string status_text(const json& status) {
  const auto document = sync::JsonDocument::read(status.dump());
  return render_status(document->root());
}
std::string trip_text(const json& trip) {
  const auto document = sync::JsonDocument::read(trip.dump());
  return render_trip(document->root());
}

TEST(Arguments, ThatAreWrongAreRefusedWithTwo) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"frobnicate"},
      {"trip"},
      {"trip", "show"},
      {"trip", "charge", "T-1", "15.99"},
      {"trip", "refund", "T-1", "1", "USD"},
      {"trip", "refund", "T", "1", "USD", "BAD"},
      {"trip", "hold"},
      {"trip", "release", "T-1", "--captured", "--not-captured"},
      {"records", "list", "--state", "lost"},
      {"records", "list", "--limit", "0"},
      {"records", "list", "--limit", "501"},
      {"records", "retry", "x"},
      {"records", "retry", "0"},
      {"records", "decide", "7", "refunded"},
      {"records", "decide", "7", "captured", "--by", "Ann"},
      {"records", "decide", "--by", "Ann"},
      {"status", "--verbose"},
      {"status", "extra"}};
  for (const auto& arguments : wrong) {
    const Ran ran = gatehouse(arguments);
    EXPECT_EQ(ran.exit_status, 2) << testing::PrintToString(arguments);
    EXPECT_NE(ran.err, "") << testing::PrintToString(arguments);
  }
}

TEST(Arguments, AskForHelp) {
  const Ran ran = gatehouse({"--help"});
  EXPECT_EQ(ran.exit_status, 0);
  EXPECT_THAT(ran.out, HasSubstr("Exit codes: 0 OK; 1 critical, not found or refused;"));
  EXPECT_EQ(gatehouse({"status", "--help"}).exit_status, 0);
}

TEST(Version, IsPrinted) {
  EXPECT_THAT(gatehouse({"version"}).out, testing::MatchesRegex("gatehouse [0-9.]+\n"));
  EXPECT_TRUE(json::parse(gatehouse({"version", "--json"}).out).contains("version"));
}

class CheckConfig : public testing::Test {
 protected:
  configuration::Folder folder;

  Ran check(const std::string& toml, std::vector<std::string> more = {},
            const configuration::Environment& environment = {}) {
    const auto file = folder.write("gatehouse.toml", toml).string();
    std::vector<std::string> arguments{"check-config", "--config", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return gatehouse(arguments, environment);
  }
};

TEST_F(CheckConfig, SaysThatItIsWellAndWhatIsLeftToDo) {
  const Ran ran = check("[store]\nid = 'S'\n");
  EXPECT_EQ(ran.exit_status, 0);
  EXPECT_THAT(ran.out, HasSubstr("warning: feed.url: not set"));
  EXPECT_THAT(ran.out, HasSubstr("configuration OK\n"));
  EXPECT_EQ(ran.err, "");
}

TEST_F(CheckConfig, SaysAllThatIsWrongAndExitsWithTwo) {
  const Ran ran = check("[store]\nid = 1\n[gate]\nfoo = 1\n");
  EXPECT_EQ(ran.exit_status, 2);
  EXPECT_EQ(std::ranges::count(ran.err, '\n'), 2);
  EXPECT_THAT(ran.err, HasSubstr("gatehouse.toml:2: store.id = 1: expected text"));
  EXPECT_THAT(ran.err, HasSubstr("gatehouse.toml:4: gate.foo: unknown key"));
  EXPECT_EQ(ran.out, "");
}

TEST_F(CheckConfig, LooksAtTheEnvironmentToo) {
  const Ran ran = check("", {}, {{"GATEHOUSE_STORE_ID", "S"}});
  EXPECT_EQ(ran.exit_status, 0) << ran.err;
}

TEST_F(CheckConfig, PrintsJsonOfAStableForm) {
  const json good = json::parse(check("[store]\nid = 'S'\n", {"--json"}).out);
  EXPECT_EQ(good["ok"], true);
  EXPECT_EQ(good["files"].size(), 1U);
  EXPECT_EQ(good["errors"].size(), 0U);
  EXPECT_EQ(good["warnings"][0]["key"], "feed.url");
  const Ran ran = check("[store]\nid = 1\n", {"--json"});
  EXPECT_EQ(ran.exit_status, 2);
  const json bad = json::parse(ran.out);
  EXPECT_EQ(bad["ok"], false);
  EXPECT_EQ(bad["errors"][0]["line"], 2);
  EXPECT_EQ(bad["errors"][0]["key"], "store.id");
  EXPECT_EQ(bad["errors"][0]["value"], "1");
}

TEST_F(CheckConfig, NeverShowsASecret) {
  const auto token = folder.write("token", "hunter2\n").string();
  const std::string toml =
      "[store]\nid = 'S'\n[cloud]\nauth = 'bearer'\nbearer_file = '" + token + "'\n";
  const configuration::Environment environment = {{"AWS_ACCESS_KEY_ID", "AKIDhunter"},
                                                  {"AWS_SECRET_ACCESS_KEY", "hunter3"}};
  for (const auto& more : {std::vector<std::string>{}, std::vector<std::string>{"--json"}}) {
    const Ran ran = check(toml, more, environment);
    EXPECT_EQ(ran.exit_status, 0) << ran.err;
    EXPECT_THAT(ran.out + ran.err, testing::Not(HasSubstr("hunter")));
  }
}

TEST_F(CheckConfig, PrintsReferenceAndDefaults) {
  EXPECT_EQ(gatehouse({"check-config", "--print-reference"}).out,
            configuration::reference_markdown());
  EXPECT_EQ(gatehouse({"check-config", "--print-default"}).out, configuration::default_toml());
}

TEST(Columns, AreAsWideAsTheirWidestCell) {
  EXPECT_EQ(columns({{"ID", "NAME", "X"}, {"1", "a", ""}, {"100", "longer", "y"}}),
            "ID   NAME    X\n"
            "1    a\n"
            "100  longer  y\n");
}

TEST(RenderStatus, IsForPeople) {
  const auto status = json::parse(R"({
    "version":"1.2.3","storeId":"STORE-7","uptimeSeconds":93900,"health":"warning",
    "warnings":[{"code":"x","severity":"warning","text":"do this"}],
    "gate":{"listening":["127.0.0.1:8080","[::1]:8080"],"connections":3,
            "scans":{"accepted":12,"cache_failed":2,"unknown":0},"carts":{"recorded":0}},
    "cache":{"shoppers":1000,"complete":true,"syncedAt":"2025-05-02T00:05:06.250Z","ageSeconds":12},
    "clock":{"state":"confirmed","hostsThatAgree":2,"hostsThatDisagree":0,"kernelSynchronised":true,"steps":1},
    "ledger":{"trips":301},
    "deliveries":{"pending":7,"delivered":294,"setAside":1,
                  "oldestPendingAt":"2025-05-02T00:00:00.000Z","oldestPendingAgeSeconds":11520},
    "settlement":{"enabled":true,"open":4,"awaitingPrice":1,"captured":98,"held":2,"declined":3},
    "destinations":{"cloud":{"configured":true,"reachable":false},
                    "payments":{"configured":true,"reachable":true,"successes":5}}})");
  EXPECT_EQ(status_text(status),
            R"(Gatehouse STORE-7: warning (version 1.2.3, up 26 h 5 min)

  gate         127.0.0.1:8080, [::1]:8080, 3 connections
  scans        12 accepted, 2 cache failed
  carts        none
  cache        1000 shoppers, synced 12 s ago
  feed         not configured
  cloud        not reachable, 7 waiting (the oldest for 3 h 12 min), 294 delivered, 1 set aside
  charges      reachable, 4 open (1 without a price), 98 captured, 2 held, 3 declined
  credentials  not needed
  clock        confirmed (2 hosts agree, 0 disagree, kernel synchronised)
  ledger       301 trips

warning: do this
)");
}

TEST(RenderStatus, NamesThePartsThatAreNotWell) {
  auto status = json::parse(R"({"parts":[
    {"part":"gate","state":"well","since":"2025-05-02T00:00:00.000Z","code":"","text":""},
    {"part":"local_api","state":"degraded","since":"2025-05-02T00:00:01.000Z","code":"local_stuck"},
    {"part":"ledger","state":"failed","since":"2025-05-02T00:00:02.000Z","code":"ledger_trouble"}]})");
  EXPECT_NE(status_text(status).find(
                "parts        local api degraded since 2025-05-02T00:00:01Z (local_stuck)\n"
                "               ledger failed since 2025-05-02T00:00:02Z (ledger_trouble)\n"),
            std::string::npos)
      << status_text(status);
  status["parts"].erase(1);
  status["parts"].erase(1);
  EXPECT_NE(status_text(status).find("parts        all well\n"), std::string::npos);
  status.erase("parts");
  EXPECT_EQ(status_text(status).find("parts"), std::string::npos) << "an older daemon";
}

TEST(RenderStatus, TellsOfACallThatTakesLongAndOfWhatWaitsForAmazon) {
  auto status = json::parse(R"({"destinations":{"cloud":{"configured":true,"reachable":true,
    "successes":1,"longestWaitSeconds":9}},"deliveries":{"pending":7,"pendingRefunds":2,
    "pendingReports":1}})");
  EXPECT_NE(status_text(status).find("cloud        reachable, 7 waiting, 3 of them for Amazon,"),
            std::string::npos)
      << status_text(status);
  status["destinations"]["cloud"]["longestWaitSeconds"] = 65;
  EXPECT_NE(status_text(status).find("cloud        reachable (a call for 1 min), 7 waiting"),
            std::string::npos)
      << status_text(status);
  status["destinations"]["cloud"]["longestWaitSeconds"] = nullptr;
  EXPECT_EQ(status_text(status).find("a call for"), std::string::npos);
}

TEST(RenderStatus, CallsNoServiceReachableThatHasNotAnswered) {
  auto status = json::parse(R"({"destinations":{"cloud":{"configured":true,"reachable":true,
    "successes":0,"failures":0}}})");
  EXPECT_NE(status_text(status).find("cloud        not asked since the start,"), std::string::npos);
  status["destinations"]["cloud"]["failures"] = 2;
  EXPECT_NE(status_text(status).find("cloud        no answer since the start,"), std::string::npos);
}

TEST(RenderTrip, SaysWhatWasApprovedAndConfirmed) {
  const auto trip = json::parse(R"({"tripId":"T-1","settlement":{"state":"held",
    "amount":{"amount":"15.99","code":"USD"},"approvedAmount":{"amount":"5.00","code":"USD"},
    "partToCapture":null,"confirmedAmount":{"amount":"15.99","code":"USD"}}})");
  EXPECT_NE(trip_text(trip).find("held, 15.99 USD; approved: 5.00 USD; confirmed: 15.99 USD"),
            std::string::npos)
      << trip_text(trip);
}

TEST(RenderTrip, SaysOfACaptureInDoubtHowOftenItWasSentAndLookedFor) {
  auto trip = json::parse(R"({"tripId":"T-1","settlement":{"state":"held","capturesSent":3,
    "capturesNotDone":2,"chargeUnclear":true,"clearLooks":4,
    "nextAttemptAt":"2025-05-02T00:05:48.250Z"}})");
  EXPECT_NE(trip_text(trip).find(
                "3 sent, 2 certainly without effect; unclear, 4 queries showed no charge, next "
                "2025-05-02T00:05:48.250Z"),
            std::string::npos)
      << trip_text(trip);
  trip["settlement"]["capturesSent"] = 0;
  EXPECT_EQ(trip_text(trip).find("captures"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::command
