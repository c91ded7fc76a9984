#include "tests/simulator/world/outages.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace gatehouse::simulator {
namespace {

using nlohmann::ordered_json;
using std::chrono::seconds;

const SteadyTime now{seconds(1000)};

TEST(Outages, AreInForceForTheirTargetAndTime) {
  Outages outages(1);
  ASSERT_TRUE(outages.start(
      ordered_json::parse(R"({"target":"payments","mode":"blackhole","duration_ms":5000})"), now));
  EXPECT_FALSE(outages.in_force(Target::cloud, now));
  const auto outage = outages.in_force(Target::payments, now + seconds(4));
  ASSERT_TRUE(outage);
  EXPECT_EQ(outage->mode, OutageMode::blackhole);
  EXPECT_EQ(outage->until, now + seconds(5));
  EXPECT_FALSE(outages.in_force(Target::payments, now + seconds(5)));
}

TEST(Outages, CanHitEverythingAndBeEnded) {
  Outages outages(1);
  ASSERT_TRUE(outages.start(
      ordered_json::parse(R"({"target":"all","mode":"refuse","duration_ms":5000})"), now));
  for (const auto target : {Target::cloud, Target::payments, Target::feed}) {
    EXPECT_TRUE(outages.in_force(target, now));
  }
  ASSERT_TRUE(outages.start(ordered_json::parse(R"({"target":"feed","duration_ms":0})"), now));
  EXPECT_FALSE(outages.in_force(Target::feed, now));
  EXPECT_TRUE(outages.in_force(Target::cloud, now));
}

TEST(Outages, RefuseOrdersThatTheyDoNotUnderstand) {
  Outages outages(1);
  for (const auto* order :
       {R"([])", R"({})", R"({"target":"moon","mode":"refuse","duration_ms":1})",
        R"({"target":"all","mode":"sulk","duration_ms":1})", R"({"target":"all","mode":"refuse"})",
        R"({"target":"all","mode":"refuse","duration_ms":-1})",
        R"({"target":"all","mode":"refuse","duration_ms":1e12})",
        R"({"target":"all","mode":"refuse","duration_ms":999999999999})"}) {
    EXPECT_FALSE(outages.start(ordered_json::parse(order), now)) << order;
  }
  EXPECT_FALSE(outages.in_force(Target::cloud, now));
}

TEST(Faults, RefuseWhatIsNoProbabilityAndKeepWhatWasSet) {
  Outages outages(1);
  ASSERT_TRUE(outages.set_faults(ordered_json::parse(R"({"cloud":{"http_429":1}})")));
  for (const auto* order :
       {R"([])", R"({"moon":{}})", R"({"cloud":1})", R"({"cloud":{"lost":0.1}})",
        R"({"cloud":{"http_429":1.1}})", R"({"cloud":{"http_429":"1"}})",
        R"({"cloud":{},"payments":{"pending":-1}})"}) {
    EXPECT_FALSE(outages.set_faults(ordered_json::parse(order))) << order;
  }
  EXPECT_TRUE(outages.fate(Target::cloud).instead);
}

TEST(Faults, AreDrawnAtTheirRateAndFromTheSeed) {
  const Faults faults{.http_500_before = 0.1, .lost_answer = 0.2, .declined = 0.05};
  Random one(7);
  Random same(7);
  int before = 0;
  int lost = 0;
  int declined = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto fate = draw_fate(faults, one);
    const auto again = draw_fate(faults, same);
    EXPECT_EQ(fate.instead.has_value(), again.instead.has_value());
    EXPECT_EQ(fate.after.has_value(), again.after.has_value());
    before += fate.instead ? 1 : 0;
    lost += fate.after && fate.after->hang_up ? 1 : 0;
    declined += fate.verdict == Verdict::declined ? 1 : 0;
  }
  EXPECT_NEAR(before, 200, 60);
  EXPECT_NEAR(lost, 400, 80);
  EXPECT_NEAR(declined, 100, 40);
}

TEST(Faults, SayWhenToComeBackAfterA429) {
  Random random(1);
  const auto fate = draw_fate({.http_429 = 1, .retry_after_s = 600}, random);
  ASSERT_TRUE(fate.instead);
  EXPECT_EQ(fate.instead->status, 429U);
  ASSERT_EQ(fate.instead->headers.size(), 1U);
  EXPECT_EQ(fate.instead->headers[0],
            std::make_pair(std::string("Retry-After"), std::string("600")));
}

}  // namespace
}  // namespace gatehouse::simulator
