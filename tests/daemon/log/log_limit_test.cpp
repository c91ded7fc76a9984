#include "daemon/log/log_limit.hpp"

#include <gtest/gtest.h>

namespace gatehouse::log {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const SteadyTime start{hours{5}};

TEST(LogLimit, LetsABurstPassAndThenOneEachInterval) {
  LogLimit limit{{2, seconds{6}}};
  EXPECT_TRUE(limit.pass(start));
  EXPECT_TRUE(limit.pass(start));
  EXPECT_FALSE(limit.pass(start));
  EXPECT_FALSE(limit.pass(start + milliseconds{5'999}));
  EXPECT_TRUE(limit.pass(start + seconds{6}));
  EXPECT_FALSE(limit.pass(start + seconds{6}));
}

TEST(LogLimit, DoesNotForgetTheRestOfAnInterval) {
  LogLimit limit{{2, seconds{6}}};
  EXPECT_TRUE(limit.pass(start));
  EXPECT_TRUE(limit.pass(start));
  EXPECT_TRUE(limit.pass(start + seconds{7}));
  EXPECT_TRUE(limit.pass(start + seconds{12}));
}

TEST(LogLimit, SavesNoMoreThanItsBurst) {
  LogLimit limit{{2, seconds{6}}};
  EXPECT_TRUE(limit.pass(start + hours{1'000}));
  EXPECT_TRUE(limit.pass(start + hours{1'000}));
  EXPECT_FALSE(limit.pass(start + hours{1'000}));
}

TEST(LogLimit, SaysTenLinesAtOnceAndOneEachSixSecondsWhereNobodySaysOtherwise) {
  LogLimit limit;
  for (int line = 0; line < 10; ++line) EXPECT_TRUE(limit.pass(start));
  EXPECT_FALSE(limit.pass(start + milliseconds{5'999}));
  EXPECT_TRUE(limit.pass(start + seconds{6}));
}

TEST(LogLimit, TellsHowManyLinesWereSuppressedSinceTheLast) {
  LogLimit limit{{1, seconds{6}}};
  EXPECT_EQ(limit.pass(start), 0);
  for (int line = 0; line < 3; ++line) EXPECT_EQ(limit.pass(start), std::nullopt);
  EXPECT_EQ(limit.pass(start + seconds{6}), 3);
  EXPECT_EQ(limit.pass(start + seconds{12}), 0);
}

TEST(LogLimit, SurvivesAClockThatStandsOrGoesBack) {
  LogLimit limit{{1, seconds{6}}};
  EXPECT_TRUE(limit.pass(start));
  EXPECT_FALSE(limit.pass(start - hours{1}));
}

TEST(LogLimit, NotesWhatWasSuppressedOnlyWhereThereIsSomething) {
  EXPECT_EQ(suppressed_note(0), "");
  EXPECT_EQ(suppressed_note(12), " (12 more like this were not logged)");
}

}  // namespace
}  // namespace gatehouse::log
