#include "daemon/gate/connector/caller_limit.hpp"

#include <gtest/gtest.h>

namespace gatehouse::gate {
namespace {

using std::chrono::seconds;

constexpr SteadyTime start{seconds{1000}};

int passed(CallerLimit& limit, std::string_view caller, int calls, SteadyTime now,
           std::size_t per_second = 5) {
  int count = 0;
  for (int call = 0; call < calls; ++call) count += limit.pass(caller, per_second, now) ? 1 : 0;
  return count;
}

TEST(CallerLimit, LetsASecondsWorthThroughAndThenATokenAtATime) {
  CallerLimit limit;
  EXPECT_EQ(passed(limit, "a", 20, start), 5);
  EXPECT_EQ(passed(limit, "a", 20, start + milliseconds{199}), 0);
  EXPECT_EQ(passed(limit, "a", 20, start + milliseconds{200}), 1);
  EXPECT_EQ(passed(limit, "a", 20, start + seconds{60}), 5) << "no more than one second's worth";
}

TEST(CallerLimit, TellsCallersApart) {
  CallerLimit limit;
  EXPECT_EQ(passed(limit, "10.0.0.1", 9, start), 5);
  EXPECT_EQ(passed(limit, "10.0.0.2", 9, start), 5);
  EXPECT_EQ(passed(limit, "", 9, start), 5) << "the unix socket";
}

TEST(CallerLimit, IsSwitchedOffByZero) {
  CallerLimit limit;
  EXPECT_EQ(passed(limit, "a", 1000, start, 0), 1000);
  EXPECT_EQ(limit.callers(), 0U);
}

TEST(CallerLimit, KeepsACrowdInOneBucketOfItsOwn) {
  CallerLimit limit;
  for (std::size_t i = 0; i < CallerLimit::callers_max; ++i) {
    EXPECT_TRUE(limit.pass("known-" + std::to_string(i), 5, start));
  }
  int crowd = 0;
  for (int i = 0; i < 1000; ++i) {
    crowd += limit.pass("crowd-" + std::to_string(i), 5, start) ? 1 : 0;
  }
  EXPECT_EQ(crowd, 5);
  EXPECT_EQ(limit.callers(), CallerLimit::callers_max);
  EXPECT_EQ(passed(limit, "known-7", 9, start), 4) << "whoever is known is not pushed out";
}

TEST(CallerLimit, ForgetsWhoHasBeenQuiet) {
  CallerLimit limit;
  for (std::size_t i = 0; i < CallerLimit::callers_max; ++i) {
    EXPECT_TRUE(limit.pass("known-" + std::to_string(i), 5, start));
  }
  EXPECT_TRUE(limit.pass("new", 5, start + seconds{2}));
  EXPECT_EQ(limit.callers(), 1U);
}

}  // namespace
}  // namespace gatehouse::gate
