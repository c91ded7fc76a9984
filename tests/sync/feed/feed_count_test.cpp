// How often the feed counts what is in its cache, which takes long where the disk is slow.
#include <gtest/gtest.h>

#include "store/sqlite/database.hpp"
#include "tests/sync/feed/feed_fixture.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;

/// The test's clock, on which the next looks take a while.
class SlowLook final : public Clock {
 public:
  explicit SlowLook(ManualClock& clock) : clock_(clock) {}
  [[nodiscard]] WallTime wall() const override { return clock_.wall(); }
  [[nodiscard]] SteadyTime steady() const override {
    if (slow_looks_ > 0) {
      --slow_looks_;
      clock_.advance(takes_);
    }
    return clock_.steady();
  }
  void slow_down(int looks, milliseconds by) {
    slow_looks_ = looks;
    takes_ = by;
  }

 private:
  ManualClock& clock_;
  mutable int slow_looks_ = 0;
  milliseconds takes_{0};
};

class FeedCountTest : public FeedTest {
 protected:
  void start() {
    feed_.emplace(options_, writer_, transport_, slow_, [this] { return chance_; });
    turn();
  }
  /// A turn begins with counting, which looks at the clock before and after.
  void turn_with_a_count_of(milliseconds time) {
    slow_.slow_down(2, time);
    turn();
  }
  void answer_with_one(const std::string& id, const std::string& last_seq) {
    transport_.answer(200, batch(put(id, "k-" + id), last_seq, R"(,"pending":0)"));
  }
  /// The first count takes so long; another shopper comes after it.
  void count_for(milliseconds time) {
    start();
    answer_with_one("a", "1");
    turn_with_a_count_of(time);
    EXPECT_EQ(status().shoppers, 1);
    answer_with_one("b", "2");
    turn();
  }
  void alter(const std::string& sql) {
    auto database = store::sqlite::Database::open(cache_.file(), store::sqlite::Access::create);
    ASSERT_TRUE(database.has_value());
    EXPECT_TRUE(database->execute(sql).has_value());
  }

  SlowLook slow_{clock_};
};

TEST_F(FeedCountTest, TakesAFiftiethOfTheTimeAtMost) {
  count_for(200ms);
  pass(9'799ms);
  EXPECT_EQ(status().shoppers, 1);
  pass(1ms);
  EXPECT_EQ(status().shoppers, 2);
}

TEST_F(FeedCountTest, IsUsedForHalfAMinuteAtMostHoweverLongItTook) {
  count_for(1h);
  pass(29'999ms);
  EXPECT_EQ(status().shoppers, 1);
  pass(1ms);
  EXPECT_EQ(status().shoppers, 2) << "the process may just have been stopped for an hour";
}

TEST_F(FeedCountTest, IsRepeatedAfterTwoSecondsWhereItFailed) {
  count_for(0ms);
  start();
  alter("ALTER TABLE unclear_document RENAME TO away");
  turn_with_a_count_of(10s);
  alter("ALTER TABLE away RENAME TO unclear_document");
  pass(1'999ms);
  EXPECT_EQ(status().shoppers, 0);
  pass(1ms);
  EXPECT_EQ(status().shoppers, 2);
}

}  // namespace
}  // namespace gatehouse::sync
