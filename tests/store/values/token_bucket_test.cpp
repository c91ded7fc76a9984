#include "store/values/token_bucket.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr SteadyTime start{hours{5}};
constexpr Rate two_and_one_each_six_seconds{2, seconds{6}};

int taken(TokenBucket& bucket, int wanted, SteadyTime now) {
  int count = 0;
  for (int i = 0; i < wanted; ++i) {
    count += bucket.take(two_and_one_each_six_seconds, now) ? 1 : 0;
  }
  return count;
}

TEST(TokenBucket, LetsABurstPassAndThenOneEachInterval) {
  TokenBucket bucket;
  EXPECT_EQ(taken(bucket, 9, start), 2);
  EXPECT_EQ(taken(bucket, 9, start + milliseconds{5'999}), 0);
  EXPECT_EQ(taken(bucket, 9, start + seconds{6}), 1);
  EXPECT_EQ(taken(bucket, 9, start + hours{1'000}), 2) << "it holds no more than its burst";
}

TEST(TokenBucket, DoesNotForgetTheRestOfAnInterval) {
  TokenBucket bucket;
  EXPECT_EQ(taken(bucket, 2, start), 2);
  EXPECT_EQ(taken(bucket, 9, start + seconds{7}), 1);
  EXPECT_EQ(taken(bucket, 9, start + seconds{12}), 1);
}

TEST(TokenBucket, LosesNothingByBeingAskedInVain) {
  TokenBucket bucket;
  EXPECT_EQ(taken(bucket, 1'000, start), 2);
  EXPECT_EQ(taken(bucket, 1, start + seconds{6}), 1);
}

TEST(TokenBucket, GivesNothingWhileTheClockStandsOrGoesBack) {
  TokenBucket bucket;
  EXPECT_EQ(taken(bucket, 9, start), 2);
  EXPECT_EQ(taken(bucket, 9, start - hours{1}), 0);
}

TEST(TokenBucket, IsFullAtTheStartAndAgainWhenAllHasComeBack) {
  TokenBucket bucket;
  EXPECT_TRUE(bucket.is_full(start));
  EXPECT_EQ(taken(bucket, 1, start), 1);
  EXPECT_FALSE(bucket.is_full(start + milliseconds{5'999}));
  EXPECT_TRUE(bucket.is_full(start + seconds{6}));
}

TEST(TokenBucket, HoldsASecondsWorthOfARateASecond) {
  TokenBucket bucket;
  int count = 0;
  for (int i = 0; i < 100; ++i) count += bucket.take(per_second(7), start) ? 1 : 0;
  EXPECT_EQ(count, 7);
  EXPECT_FALSE(bucket.take(per_second(7), start + milliseconds{142}));
  EXPECT_TRUE(bucket.take(per_second(7), start + milliseconds{143}));
}

TEST(TokenBucket, TakesANewRateAtOnce) {
  TokenBucket bucket;
  EXPECT_EQ(taken(bucket, 9, start), 2);
  EXPECT_TRUE(bucket.take({3, seconds{6}}, start));
  EXPECT_FALSE(bucket.take({3, seconds{6}}, start));
}

}  // namespace
}  // namespace gatehouse
