#include "store/turns/turns.hpp"

#include <gtest/gtest.h>

#include <semaphore>

#include "store/turns/computing.hpp"

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
  turns.count(start, 0ms);
  turns.count(start + 1s, 0ms);
  EXPECT_EQ(turns.total(), 2U);
  EXPECT_EQ(turns.still(start + 3'500ms), 2'500ms);
  EXPECT_EQ(turns.still(start), 0ms) << "who read the time before the turn began";
}

TEST(Turns, DoNotStandStillWhileTheirThreadWaitsForTheDisk) {
  DiskTime disk;
  Turns turns{&disk};
  disk.enter(start - 10s);
  disk.leave(start - 1s);
  turns.count(start, 0ms);
  disk.enter(start + 1s);
  EXPECT_EQ(turns.still(start + 31s), 1s) << "thirty seconds inside a call so far";
  disk.leave(start + 31s);
  EXPECT_EQ(turns.still(start + 33s), 3s);
}

TEST(Turns, CountThoseThatComputedTooLong) {
  Turns turns;
  turns.count(start, Turns::long_turn);
  EXPECT_EQ(turns.long_ones(), 0U);
  turns.count(start + 1s, Turns::long_turn + 1ns);
  turns.count(start + 2s, 3ms);
  EXPECT_EQ(turns.long_ones(), 1U);
  EXPECT_EQ(turns.longest(), 100'000'001ns);
}

TEST(Computing, IsWhatItsThreadUsedOfTheProcessor) {
  Computing computing;
  std::chrono::nanoseconds used{0};
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (used < 5ms && std::chrono::steady_clock::now() < deadline) used += computing.lap();
  EXPECT_GE(used, 5ms);
}

TEST(Computing, IsNoWaiting) {
  Computing computing;
  std::binary_semaphore never{0};
  EXPECT_FALSE(never.try_acquire_for(200ms));
  EXPECT_LT(computing.lap(), 200ms);
}

}  // namespace
}  // namespace gatehouse
