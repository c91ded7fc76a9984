// `gatehouse records retry --all` and `trip release --all` against a real local API.
#include "daemon/command/bulk.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/daemon/command/gatehouse.hpp"
#include "tests/daemon/local/running_local_api.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::command {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using store::SettlementState;
using testing::HasSubstr;

class BulkCommandTest : public testing::Test {
 protected:
  local::RunningLocalApi api{local::good_day().process};

  Ran ask(std::vector<std::string> arguments) {
    return gatehouse(arguments, {{"GATEHOUSE_LOCAL_CONTROL_SOCKET", api.socket()}});
  }
  void set_aside(int count) {
    for (int id = 1; id <= count; ++id) {
      api.add_app_trip(fmt::format("T-{}", id));
      api.set_aside(id, "status 422");
    }
  }
};

TEST_F(BulkCommandTest, RetriesAllThatWasSetAsideInOneCommand) {
  set_aside(450);
  const Ran said = ask({"records", "retry", "--all", "--dry-run"});
  EXPECT_EQ(said.exit_status, 0) << said.err;
  const std::string in_turn =
      "now, in turn with what else waits for the cloud: the newest and the oldest first\n";
  EXPECT_EQ(said.out, "450 records would be sent " + in_turn);
  const Ran done = ask({"records", "retry", "--all"});
  EXPECT_EQ(done.exit_status, 0) << done.err;
  EXPECT_EQ(done.out, "450 records will be sent " + in_turn);
  EXPECT_EQ(done.err, "200 so far …\n400 so far …\n");
  EXPECT_EQ(ask({"records", "list", "--state", "set_aside"}).out, "no records\n");
  EXPECT_EQ(ask({"records", "retry", "--all"}).out, "0 records will be sent\n");
}

TEST_F(BulkCommandTest, PrintsOneJsonForAllPages) {
  set_aside(201);
  const Ran ran = ask({"records", "retry", "--all", "--json", "--since", "1h", "--kind", "cart",
                       "--state", "set_aside"});
  EXPECT_EQ(ran.exit_status, 0) << ran.err;
  auto said = json::parse(ran.out);
  EXPECT_EQ(said["sending"]["cloud"]["when"], "in_turn") << said;
  said.erase("sending");
  EXPECT_EQ(said, json::parse(R"({"dryRun":false,"records":201,"leftOut":[]})"));
  EXPECT_EQ(ran.err, "");
}

TEST_F(BulkCommandTest, ReleasesHeldChargesAndSaysHowMuchMoneyThatIs) {
  const auto hold = [&](const std::string& trip_id, const char* amount, bool unclear) {
    api.add_trip(trip_id);
    ASSERT_EQ(ask({"trip", "charge", trip_id, amount, "USD"}).exit_status, 0);
    api.move_charge(trip_id, SettlementState::adjust_due, SettlementState::held, unclear);
  };
  hold("T-1", "15.99", false);
  hold("T-2", "4.01", false);
  const Ran said = ask({"trip", "release", "--all", "--state", "held", "--dry-run"});
  EXPECT_EQ(said.out, "2 held charges would resume: 20.00 USD\n");
  hold("T-3", "100.00", true);
  const Ran done = ask({"trip", "release", "--all"});
  EXPECT_EQ(done.exit_status, 1) << "one waits for a word of its own";
  EXPECT_THAT(done.out, HasSubstr("2 held charges resume: 20.00 USD\n1 left out:\n  T-3  "));
  EXPECT_THAT(done.out, HasSubstr("--captured or --not-captured"));
  EXPECT_THAT(ask({"trip", "show", "T-3"}).out, HasSubstr("held"));
  const json left = json::parse(ask({"trip", "release", "--all", "--json"}).out);
  EXPECT_EQ(left["trips"], 0);
  EXPECT_EQ(left["leftOut"][0]["tripId"], "T-3");
}

TEST_F(BulkCommandTest, SaysWhatFailed) {
  set_aside(1);
  api.stop_ledger();
  const Ran ran = ask({"records", "retry", "--all"});
  EXPECT_EQ(ran.exit_status, 1);
  EXPECT_EQ(ran.out, "0 records will be sent\n");
  EXPECT_THAT(ran.err, HasSubstr("try again; what was done so far is kept"));
  EXPECT_EQ(gatehouse({"--socket", "/nowhere", "records", "retry", "--all"}).exit_status, 3);
}

TEST(BulkArguments, AreOneOrAll) {
  const std::vector<std::vector<std::string>> wrong = {
      {"records", "retry"},
      {"records", "retry", "7", "--all"},
      {"records", "retry", "7", "--dry-run"},
      {"records", "retry", "7", "--since", "1h"},
      {"records", "retry", "--all", "--state", "delivered"},
      {"records", "retry", "--all", "--kind", "carts"},
      {"records", "retry", "--all", "--since", "yesterday"},
      {"trip", "release"},
      {"trip", "release", "T-1", "--all"},
      {"trip", "release", "--all", "--captured"},
      {"trip", "release", "--all", "--not-captured"},
      {"trip", "release", "--all", "--state", "captured"},
      {"trip", "release", "T-1", "--dry-run"}};
  for (const auto& arguments : wrong) {
    const Ran ran = gatehouse(arguments);
    EXPECT_EQ(ran.exit_status, 2) << testing::PrintToString(arguments);
    EXPECT_NE(ran.err, "") << testing::PrintToString(arguments);
  }
}

TEST(Since, IsATimeOrSoLongAgo) {
  const WallTime now = from_unix_ms(1'700'000'000'000);
  EXPECT_EQ(parse_since("2h", now), now - 2h);
  EXPECT_EQ(parse_since("7d", now), now - 7 * 24h);
  EXPECT_EQ(parse_since("1970-01-01T00:00:01Z", now), from_unix_ms(1'000));
  for (const auto* text : {"", "2", "yesterday", "-2h", "2025-05-02"}) {
    EXPECT_FALSE(parse_since(text, now)) << text;
  }
}

}  // namespace
}  // namespace gatehouse::command
