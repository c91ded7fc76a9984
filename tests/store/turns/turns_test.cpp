#include "store/turns/turns.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

constexpr SteadyTime start{std::chrono::hours{7}};

TEST(Turns, AreNoneBeforeTheFirst) {
  Turns turns;
  EXPECT_EQ(turns.still(start), 0ms) << "what was not started does not stand still";
  turns.begin(start);
  EXPECT_EQ(turns.total(), 0U);
  EXPECT_EQ(turns.still(start + 9s), 9s) << "the first one may never end, too";
}

TEST(Turns, SayHowLongTheLastHasTaken) {
  Turns turns;
  turns.count(start);
  turns.count(start + 1s);
  EXPECT_EQ(turns.total(), 2U);
  EXPECT_EQ(turns.still(start + 3'500ms), 2'500ms);
  EXPECT_EQ(turns.still(start), 0ms) << "who read the time before the turn began";
}

TEST(Turns, DoNotStandStillWhileTheirThreadWaitsForTheDisk) {
  DiskTime disk;
  Turns turns{&disk};
  disk.enter(start - 10s);
  disk.leave(start - 1s);
  turns.count(start);
  disk.enter(start + 1s);
  EXPECT_EQ(turns.still(start + 31s), 1s) << "thirty seconds inside a call so far";
  disk.leave(start + 31s);
  EXPECT_EQ(turns.still(start + 33s), 3s);
}

}  // namespace
}  // namespace gatehouse
