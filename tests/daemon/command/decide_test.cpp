// `gatehouse trip decide` and `trip settled` against a real local API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/child/child.hpp"
#include "tests/daemon/command/gatehouse.hpp"
#include "tests/daemon/local/running_local_api.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::command {
namespace {

using nlohmann::json;
using store::SettlementState;
using testing::HasSubstr;

class DecideCommandTest : public testing::Test {
 protected:
  DecideCommandTest() {
    for (const char* id : {"T-1", "T-2"}) {
      api.add_trip(id);
      ask({"trip", "charge", id, "15.99", "USD"});
      api.move_charge(id, SettlementState::adjust_due, SettlementState::held);
    }
  }
  Ran ask(std::vector<std::string> arguments) {
    return gatehouse(arguments, {{"GATEHOUSE_LOCAL_CONTROL_SOCKET", api.socket()}});
  }
  std::string list(const std::string& text) {
    const auto file = folder.path() / "list.csv";
    std::ofstream(file) << text;
    return file.string();
  }

  child::TemporaryFolder folder;
  local::RunningLocalApi api{local::good_day().process};
};

TEST_F(DecideCommandTest, DecidesOneTrip) {
  const Ran ran = ask({"trip", "decide", "T-1", "written_off", "--by", "Ann"});
  EXPECT_EQ(ran.out, "the charge is now written_off\n") << ran.err;
  EXPECT_THAT(ask({"trip", "show", "T-1"}).out,
              HasSubstr("decided at the box by Ann: written off"));
  EXPECT_EQ(ask({"trip", "decide", "T-1", "charge"}).exit_status, 1);
}

TEST_F(DecideCommandTest, ConfirmsThePriceOfOneTripAndOfAList) {
  EXPECT_EQ(ask({"trip", "decide", "T-1", "charge", "--confirm", "15.98", "USD"}).exit_status, 1);
  const Ran one = ask({"trip", "decide", "T-1", "charge", "--confirm", "15.99", "USD"});
  EXPECT_EQ(one.out, "the charge is now adjust_due\n") << one.err;
  const auto file = list("T-2,charge_confirmed,Ann,15.99,USD\n");
  EXPECT_EQ(ask({"trip", "decide", "--from", file}).exit_status, 0);
  for (const char* id : {"T-1", "T-2"}) {
    const auto trip = json::parse(ask({"trip", "show", id, "--json"}).out);
    EXPECT_EQ(trip["settlement"]["confirmedAmount"]["amount"], "15.99");
    EXPECT_THAT(std::string(trip["settlement"]["reason"]), HasSubstr("its price is right"));
  }
}

TEST_F(DecideCommandTest, CarriesOutAListAndNamesTheLinesThatItLeavesOut) {
  const auto file = list("T-1,charge\nT-9,charge\nT-2,written_off,Ann\nT-2,charge\n");
  const Ran would = ask({"trip", "decide", "--from", file, "--dry-run"});
  EXPECT_EQ(would.exit_status, 1) << would.err;
  EXPECT_THAT(would.out,
              HasSubstr("1 would be charge: 15.99 USD\n1 would be written_off: 15.99 USD\n"
                        "2 left out:\n  line 2  T-9  no such trip"));
  EXPECT_THAT(would.out, HasSubstr("line 4  T-2  this trip is in line 3 already"));
  EXPECT_THAT(ask({"trip", "decide", "--from", file}).out, HasSubstr("1 charge: 15.99 USD\n"));
  EXPECT_THAT(ask({"trip", "show", "T-2"}).out, HasSubstr("written_off"));
  const json again = json::parse(ask({"trip", "decide", "--from", file, "--json"}).out);
  EXPECT_EQ(again["unchanged"], 1);
  EXPECT_EQ(again["leftOut"].size(), 3U);
}

TEST_F(DecideCommandTest, WantsATripAndAWordOrAList) {
  const std::vector<std::vector<std::string>> wrong{
      {"trip", "decide"},
      {"trip", "decide", "T-1"},
      {"trip", "decide", "T-1", "refund"},
      {"trip", "decide", "T-1", "charge", "--from", "x"},
      {"trip", "decide", "T-1", "charge", "--dry-run"},
      {"trip", "decide", "--from", "/nowhere/list.csv"}};
  for (const auto& arguments : wrong) {
    EXPECT_EQ(ask(arguments).exit_status, 2) << arguments.size();
  }
}

TEST_F(DecideCommandTest, ReportsWhatWasSettled) {
  api.move_charge("T-1", SettlementState::held, SettlementState::declined);
  EXPECT_EQ(ask({"trip", "settled", "T-1", "5.00", "USD"}).exit_status, 0);
  EXPECT_EQ(ask({"trip", "settled", "T-2", "5.00", "USD"}).exit_status, 1) << "it is held";
}

}  // namespace
}  // namespace gatehouse::command
