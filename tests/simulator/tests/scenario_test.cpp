#include "tests/simulator/world/scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace gatehouse::simulator {
namespace {

using testing::HasSubstr;

TEST(Scenario, OverridesFromTheGeneralToTheParticular) {
  const auto scenario = parse_scenario(R"(
seed = 7
capture_deduplicates = true
desk_decides = true
refund_answer = "reconciliation_id"
[payments.capture]
http_500 = 0.3
[all]
http_500 = 0.1
latency_ms = 5
[payments]
http_500 = 0.2
)",
                                       "s.toml");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->seed, 7U);
  EXPECT_TRUE(scenario->capture_deduplicates);
  EXPECT_TRUE(scenario->desk_decides);
  EXPECT_EQ(scenario->refund_answer, RefundAnswer::reconciliation_id);
  EXPECT_EQ(scenario->of(Endpoint::purchases).http_500, 0.1);
  EXPECT_EQ(scenario->of(Endpoint::adjust).http_500, 0.2);
  EXPECT_EQ(scenario->of(Endpoint::capture).http_500, 0.3);
  EXPECT_EQ(scenario->of(Endpoint::capture).latency_ms, 5);
}

TEST(Scenario, SetsOnlyWhatCanHappenAtAnEndpoint) {
  const auto scenario = parse_scenario("[all]\npending = 1\nunknown_trip = 1\n", "s.toml");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->of(Endpoint::adjust).pending, 1);
  EXPECT_EQ(scenario->of(Endpoint::capture).pending, 0);
  EXPECT_EQ(scenario->of(Endpoint::carts).unknown_trip, 1);
  EXPECT_EQ(scenario->of(Endpoint::shopper_identity).unknown_trip, 0);
  EXPECT_EQ(scenario->of(Endpoint::purchases).unknown_trip, 0);
}

TEST(Scenario, NamesEveryMistakeWithItsLineAndKey) {
  const auto scenario = parse_scenario(R"(sed = 7
[all]
http_500 = 1.5
latency_ms = "20"
[payments.capture]
pending = 0.1
htpp_500 = 0.1
[cloud.capture]
http_500 = 0.1
[[outage]]
service = "moon"
mode = "sulk"
length = 3
)",
                                       "s.toml");
  ASSERT_FALSE(scenario);
  const auto& said = scenario.error().message;
  for (const auto* mistake :
       {"s.toml:1: sed: unknown key", "s.toml:3: all.http_500: expected a probability",
        "s.toml:4: all.latency_ms: expected an integer",
        "s.toml:6: payments.capture.pending: does not happen at this endpoint",
        "s.toml:7: payments.capture.htpp_500: unknown key",
        "s.toml:8: cloud.capture: no such endpoint", "s.toml:11: outage.service: expected",
        "s.toml:12: outage.mode: expected", "s.toml:13: outage.length: unknown key",
        "outage.duration_ms is missing"}) {
    EXPECT_THAT(said, HasSubstr(mistake));
  }
}

TEST(Scenario, RefusesWhatIsNoTomlAndWhatCannotBeRead) {
  EXPECT_THAT(parse_scenario("x = ", "s.toml").error().message, HasSubstr("s.toml:1: this is not"));
  EXPECT_FALSE(read_scenario("/nowhere/s.toml"));
  for (const auto* text : {"all = 3", "seed = -1", "outage = 3", "capture_deduplicates = 1",
                           "refund_answer = \"x\"", "[all]\nhttp_500 = true"}) {
    EXPECT_FALSE(parse_scenario(text, "s.toml")) << text;
  }
}

TEST(Scenario, HasEveryKeyAndEndpointInItsDocumentation) {
  std::ostringstream text;
  text << std::ifstream(GATEHOUSE_SIMULATOR_PAGE).rdbuf();
  for (const auto key : scenario_keys()) {
    EXPECT_THAT(text.str(), HasSubstr("`" + std::string(key) + "`"));
  }
  for (const auto& route : endpoint_routes) {
    EXPECT_THAT(text.str(), HasSubstr("." + std::string(route.name) + "`"));
  }
}

TEST(Scenario, ThatIsShippedCanBeRead) {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(GATEHOUSE_SCENARIOS)) {
    const auto scenario = read_scenario(file.path());
    EXPECT_TRUE(scenario) << scenario.error().message;
    ++count;
  }
  EXPECT_EQ(count, 3);
}

}  // namespace
}  // namespace gatehouse::simulator
