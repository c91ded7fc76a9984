#include "sync/delivery/retry.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;

milliseconds longest(int failures) {
  return retry_delay({.failures = failures}, 0.999999);
}

TEST(Retry, ClimbsTheLadderAndNeverBeyondFifteenMinutes) {
  for (int failures = 1; failures < 40; ++failures) {
    EXPECT_LE(longest(failures), longest(failures + 1));
    EXPECT_LE(longest(failures), 15min);
  }
  EXPECT_LE(longest(1), 500ms);
  EXPECT_GT(longest(20), 14min);
  EXPECT_LE(longest(2'000'000'000), 15min);
}

TEST(Retry, KeepsItsJitterAtTheCap) {
  std::set<milliseconds> delays;
  for (int i = 0; i < 100; ++i) delays.insert(retry_delay({.failures = 50}, i / 100.0));
  EXPECT_EQ(delays.size(), 100U);
  EXPECT_EQ(*delays.begin(), 0ms);
}

TEST(Retry, ObeysRetryAfterAsALowerBoundJitteredUpwards) {
  for (const double chance : {0.0, 0.5, 0.999}) {
    const auto delay = retry_delay({.failures = 1, .retry_after = 600s}, chance);
    EXPECT_GE(delay, 600s);
    EXPECT_LE(delay, 720s);
  }
  EXPECT_GT(retry_delay({.failures = 1, .retry_after = 600s}, 0.9),
            retry_delay({.failures = 1, .retry_after = 600s}, 0.1));
}

TEST(Retry, CapsAnAbsurdRetryAfterAndIgnoresANegativeOne) {
  EXPECT_LE(retry_delay({.failures = 1, .retry_after = 999'999s}, 0.999), retry_delay_max);
  EXPECT_GE(retry_delay({.failures = 1, .retry_after = 999'999s}, 0.0), 15min);
  EXPECT_LE(retry_delay({.failures = 1, .retry_after = -5s}, 0.999), 500ms);
}

TEST(Retry, WaitsLongerWhenThrottledAndWhenTheBudgetIsSpent) {
  EXPECT_GT(retry_delay({.failures = 1, .throttled = true}, 0.999), longest(1));
  EXPECT_GT(retry_delay({.failures = 1, .quick = false}, 0.999), 20s);
}

TEST(Retry, StaysReadyForTheProbeOfADestinationInTrouble) {
  EXPECT_LE(retry_delay({.failures = 50, .at_most = 4s}, 0.999), 4s);
}

TEST(RetryBudget, IsSpentByRetriesAndRefilledBySuccesses) {
  RetryBudget budget;
  int taken = 0;
  while (budget.take(false)) ++taken;
  EXPECT_EQ(taken, RetryBudget::capacity / RetryBudget::retry_cost);
  EXPECT_TRUE(budget.take(true)) << "a throttled retry costs less: 10 tokens were left";
  for (int i = 0; i < RetryBudget::retry_cost; ++i) budget.give();
  EXPECT_TRUE(budget.take(false));
  for (int i = 0; i < 1000; ++i) budget.give();
  EXPECT_EQ(budget.tokens(), RetryBudget::capacity);
}

}  // namespace
}  // namespace gatehouse::sync
