#include "store/values/disk_time.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "store/sqlite/database.hpp"

namespace gatehouse {
namespace {

SteadyTime now() {
  return std::chrono::steady_clock::now();
}

/// Runs `work` on a thread of its own whose calls count in `time`.
template <class Work>
void on_counted_thread(DiskTime& time, Work work) {
  std::thread([&] {
    time.count_this_thread();
    work();
  }).join();
}

TEST(DiskTime, SaysSinceWhenItsThreadIsInsideACall) {
  DiskTime time;
  on_counted_thread(time, [&] {
    EXPECT_FALSE(time.inside_since());
    {
      const SteadyTime before = now();
      const DiskCall call;
      ASSERT_TRUE(time.inside_since());
      EXPECT_GE(*time.inside_since(), before - DiskTime::tick_max);
      const SteadyTime later = *time.inside_since() + milliseconds(7'000);
      EXPECT_EQ(time.spent(later), milliseconds(7'000));
    }
    EXPECT_FALSE(time.inside_since());
  });
}

TEST(DiskTime, CountsACallInsideOfAnotherOnce) {
  DiskTime time;
  on_counted_thread(time, [&] {
    const DiskCall outer;
    const auto since = time.inside_since();
    {
      const DiskCall inner;
    }
    EXPECT_EQ(time.inside_since(), since);
  });
}

TEST(DiskTime, OfOneThreadKnowsNothingOfAnother) {
  DiskTime time;
  on_counted_thread(time, [&] {
    std::thread([&] {
      const DiskCall call;
      EXPECT_FALSE(time.inside_since());
    }).join();
  });
  EXPECT_EQ(time.spent(now()), milliseconds(0));
}

TEST(DiskTime, RemembersACallThatWasSlow) {
  DiskTime time;
  const SteadyTime start = now();
  time.enter(start);
  time.leave(start + DiskTime::slow);
  time.enter(start + DiskTime::slow);
  time.leave(start + DiskTime::slow + milliseconds(1));
  ASSERT_TRUE(time.last_slow());
  EXPECT_EQ(time.last_slow()->took, DiskTime::slow);
  EXPECT_EQ(time.last_slow()->ended, start + DiskTime::slow);
  EXPECT_EQ(time.spent(start + DiskTime::slow * 2), DiskTime::slow + milliseconds(1));
}

TEST(DiskTime, NeverCountsACallTwiceWhileItEnds) {
  DiskTime time;
  std::atomic<bool> done = false;
  const SteadyTime start{milliseconds(1'000'000)};
  std::thread reader([&] {
    // Each call takes 1 s and begins where the one before ended, so the sum never exceeds `end`.
    const SteadyTime end = start + milliseconds(1'000) * 20'000;
    while (!done) EXPECT_LE(time.spent(end), end - start);
  });
  for (int i = 0; i < 20'000; ++i) {
    time.enter(start + milliseconds(1'000) * i);
    time.leave(start + milliseconds(1'000) * (i + 1));
  }
  done = true;
  reader.join();
  EXPECT_EQ(time.spent(start), milliseconds(20'000'000));
}

TEST(DiskTime, HasEveryStatementOfItsThread) {
  DiskTime time;
  on_counted_thread(time, [&] {
    auto database = store::sqlite::Database::open(":memory:", store::sqlite::Access::create);
    ASSERT_TRUE(database);
    const auto counted = database->integer(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000000) "
        "SELECT count(*) FROM n");
    ASSERT_TRUE(counted);
  });
  EXPECT_GT(time.spent(now()), milliseconds(5));
}

}  // namespace
}  // namespace gatehouse
