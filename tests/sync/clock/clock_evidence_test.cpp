#include "sync/clock/clock_evidence.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;

const WallTime now = from_unix_ms(1'800'000'000'000);

struct Case {
  const char* what;
  std::vector<std::chrono::seconds> ahead;  ///< one host each
  bool kernel;
  std::optional<milliseconds> newest;  ///< on disk, after now
  ClockState state;
};

TEST(ClockEvidence, TakesTwoSignsThatAgree) {
  const Case cases[] = {
      {"nothing", {}, false, {}, ClockState::doubtful},
      {"the kernel alone", {}, true, {}, ClockState::doubtful},
      {"one host", {0s}, false, {}, ClockState::doubtful},
      {"one host and the kernel", {119s}, true, {}, ClockState::confirmed},
      {"one host that disagrees, and the kernel", {121s}, true, {}, ClockState::doubtful},
      {"two hosts", {0s, 1s}, false, {}, ClockState::confirmed},
      {"two hosts at the edge", {-2min, 0s}, false, {}, ClockState::confirmed},
      {"two hosts, one beyond it", {-121s, 0s}, false, {}, ClockState::doubtful},
      {"two hosts that agree with us and not with each other",
       {-61s, 60s},
       false,
       {},
       ClockState::doubtful},
      {"two that agree against us", {1h, 1h}, false, {}, ClockState::doubtful},
      {"two for and two against", {0s, 0s, 1h, 1h}, false, {}, ClockState::doubtful},
      {"two for and one against", {0s, 0s, 1h}, false, {}, ClockState::confirmed},
      {"a time below the newest confirmed", {0s, 0s}, false, 3min, ClockState::wrong},
      {"a little below it", {0s, 0s}, false, 2min, ClockState::confirmed},
      {"below it, and nobody says anything", {}, false, 24h, ClockState::wrong},
      {"below it, and three signs", {0s, 0s}, true, 24h, ClockState::confirmed},
      {"above it", {0s, 0s}, false, -24h * 365, ClockState::confirmed},
  };
  for (const Case& each : cases) {
    ClockEvidence evidence;
    for (std::size_t i = 0; i < each.ahead.size(); ++i) {
      evidence.heard(fmt::format("host-{}", i), each.ahead[i], 0ms);
    }
    evidence.kernel_says(each.kernel);
    if (each.newest) evidence.remember(now + *each.newest);
    EXPECT_EQ(evidence.judge(now).state, each.state) << each.what;
  }
}

TEST(ClockEvidence, KnowsNothingMoreAfterAStep) {
  ClockEvidence evidence;
  evidence.heard("a", 0s, 0ms);
  evidence.heard("b", 0s, 0ms);
  evidence.kernel_says(true);
  ASSERT_EQ(evidence.judge(now).state, ClockState::confirmed);
  evidence.stepped();
  EXPECT_EQ(evidence.judge(now).state, ClockState::doubtful);
  EXPECT_FALSE(evidence.judge(now).ahead);
}

TEST(ClockEvidence, CountsAHostOnceAndByItsLastWord) {
  ClockEvidence evidence;
  for (int i = 0; i < 9; ++i) evidence.heard("a", 0s, 0ms);
  EXPECT_EQ(evidence.judge(now).hosts_for, 1U);
  evidence.heard("a", 1h, 0ms);
  EXPECT_EQ(evidence.judge(now).hosts_for, 0U);
  EXPECT_EQ(evidence.judge(now).hosts_against, 1U);
  EXPECT_EQ(evidence.judge(now).ahead, 1h);
}

TEST(ClockEvidence, RemembersNoMoreHostsThanItsLimit) {
  ClockEvidence evidence;
  for (int i = 0; i < 1'000; ++i) evidence.heard(fmt::format("host-{}", i), 0s, 0ms);
  EXPECT_EQ(evidence.judge(now).hosts_for, ClockEvidence::hosts_max);
}

TEST(ClockEvidence, IsWrittenDownOnceAnHourAndNeverByAClockThatIsNotConfirmed) {
  ClockEvidence evidence;
  EXPECT_FALSE(evidence.should_note(now));
  evidence.heard("a", 0s, 0ms);
  evidence.heard("b", 0s, 0ms);
  EXPECT_TRUE(evidence.should_note(now));
  evidence.remember(now, 0ms);
  EXPECT_FALSE(evidence.should_note(now + 59min));
  evidence.pass(1h);
  EXPECT_TRUE(evidence.should_note(now + 1h));
}

TEST(ClockEvidence, TakesTheNewestTimeNoFurtherThanTimeHasPassedByTwoSignsAlone) {
  ClockEvidence evidence;
  evidence.remember(now);  // of a run before
  evidence.heard("a", 0s, 0ms);
  evidence.heard("b", 0s, 0ms);
  evidence.pass(1min);
  EXPECT_FALSE(evidence.should_note(now + 24h * 365)) << "then the right clock would be wrong";
  evidence.remember(now, 0ms);
  EXPECT_FALSE(evidence.should_note(now + 24h));
  evidence.heard("c", 0s, 0ms);
  EXPECT_TRUE(evidence.should_note(now + 24h)) << "three signs";
}

TEST(ClockEvidence, OverrulesTheNewestTimeOnceTwoSignsHaveHeldForAnHour) {
  ClockEvidence evidence;
  evidence.remember(now + 24h * 365);
  for (milliseconds passed{0}; passed < 1h; passed += 1min) {
    evidence.heard("a", 0s, passed);
    evidence.heard("b", 0s, passed);
    evidence.pass(passed);
    ASSERT_EQ(evidence.judge(now).state, ClockState::wrong);
  }
  evidence.pass(1h);
  EXPECT_EQ(evidence.judge(now).state, ClockState::confirmed);
  EXPECT_TRUE(evidence.should_note(now));
}

TEST(ClockEvidence, ForgetsAHostAfterAnHour) {
  ClockEvidence evidence;
  evidence.heard("a", 3min, 0ms);
  evidence.heard("b", 0s, 30min);
  evidence.pass(1h);
  EXPECT_EQ(evidence.judge(now).hosts_against, 1U);
  evidence.pass(1h + 1ms);
  EXPECT_EQ(evidence.judge(now).hosts_against, 0U);
  evidence.pass(1h + 30min + 1ms);
  EXPECT_EQ(evidence.judge(now).hosts_for, 0U);
}

TEST(ClockEvidence, HearsNoHostOnThisMachine) {
  for (const auto* url : {"https://localhost:5984/x", "https://127.0.0.1", "https://[::1]:80/",
                          "https://a.localhost/", "https://LOCALHOST.", "https://user:p@127.1.2.3/",
                          "not an url", "", "http://cloud.example/"}) {
    EXPECT_EQ(distant_host(url), "") << url;
  }
  EXPECT_EQ(distant_host("https://user:secret@Cloud.Example:8443/a?b=c"), "cloud.example");
  EXPECT_EQ(distant_host("https://[2001:db8::7]:80/"), "[2001:db8::7]");
}

}  // namespace
}  // namespace gatehouse::sync
