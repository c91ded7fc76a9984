// A feed that is followed into a cache of which some pages are damaged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sync/feed/damaged_feed_fixture.hpp"

namespace gatehouse::sync {
namespace {

using testing::HasSubstr;

TEST_F(DamagedFeedTest, IsFollowedBeyondTheBatchThatMeetsTheDamage) {
  start_with_a_hidden_shopper();
  expect_to_be_followed_after(shopper(document(hidden_), quoted(key(hidden_)), "BLOCKED"));
  EXPECT_EQ(standing(key(hidden_)), "blocked");
  EXPECT_EQ(cache_.position_on_disk().cursor, "9")
      << "a restart asks again for what could not be kept";
  EXPECT_EQ(status().position.cursor, "11");
  pass(std::chrono::seconds{20});
  answer(200, batch("", "12"));
  EXPECT_EQ(cache_.position_on_disk().cursor, "9");
  EXPECT_EQ(cache_.position_on_disk().synced_at, clock_.wall()) << "it is not stale";
}

TEST_F(DamagedFeedTest, TurnsAwayAShopperThatIsRemovedAndCannotBeRead) {
  start_with_a_hidden_shopper();
  expect_to_be_followed_after(R"({"seq":0,"id":")" + document(hidden_) + R"(","deleted":true})");
  EXPECT_EQ(standing(key(hidden_)), "nobody");
}

TEST_F(DamagedFeedTest, TurnsAwayAShopperThatIsBlockedWithoutKeysAndCannotBeRead) {
  start_with_a_hidden_shopper();
  expect_to_be_followed_after(shopper(document(hidden_), "", "BLOCKED"));
  EXPECT_NE(standing(key(hidden_)), "active");
}

TEST_F(DamagedFeedTest, TurnsAwayAShopperThatIsBlockedWithOtherKeysAndCannotBeRead) {
  start_with_a_hidden_shopper();
  expect_to_be_followed_after(shopper(document(hidden_), quoted("new"), "BLOCKED"));
  EXPECT_NE(standing(key(hidden_)), "active");
  EXPECT_NE(standing("new"), "active");
}

TEST_F(DamagedFeedTest, TurnsAwayTheLostKeyOfAShopperThatCannotBeRead) {
  start_with_a_hidden_shopper();
  expect_to_be_followed_after(shopper(document(hidden_), quoted("new"), "ACTIVE"));
  EXPECT_EQ(standing(key(hidden_)), "nobody");
  EXPECT_EQ(standing("new"), "active") << "and lets in with the new one";
}

TEST_F(DamagedFeedTest, TurnsAwayAShopperThatCannotBeReadNorUnderstood) {
  start_with_a_hidden_shopper();
  expect_to_be_followed_after(R"({"seq":0,"id":")" + document(hidden_) + R"(","doc":{"_id":")" +
                              document(hidden_) + R"(","type":null}})");
  EXPECT_NE(standing(key(hidden_)), "active");
}

TEST_F(DamagedFeedTest, FindsTheKeysOfAShopperThatCannotBeReadBetweenDamagedKeys) {
  start_damaged({{"shopper", 3}, {"credential", 2}, {"credential", 5}, {"credential", 12}});
  std::string removed;
  int left = 0;
  for (int i = hidden_ - 20; i < hidden_ + 20; ++i) {
    left += standing(key(i)) == "active" ? 1 : 0;
    removed += (removed.empty() ? "" : ",") +
               (R"({"seq":0,"id":")" + document(i) + R"(","deleted":true})");
  }
  ASSERT_GT(left, 20);
  answer(200, batch(removed, "10", R"(,"pending":0)"));
  for (int i = hidden_ - 20; i < hidden_ + 20; ++i) EXPECT_NE(standing(key(i)), "active") << i;
  EXPECT_EQ(standing(key(1)), "active");
}

TEST_F(DamagedFeedTest, TakesARowWithoutATypeAsKnownWhereThatCannotBeLookedUp) {
  start_damaged({{"sqlite_autoindex_shopper_1", 4}});
  int lost = -1;
  for (int i = 0; i < shoppers && lost < 0; ++i) {
    if (!writer_.knows(document(i))) lost = i;
  }
  ASSERT_GE(lost, 0);
  expect_to_be_followed_after(R"({"seq":0,"id":")" + document(lost) + R"(","doc":{"_id":")" +
                              document(lost) + R"("}},)" +
                              shopper(document(5), quoted(key(5)), "BLOCKED"));
  EXPECT_EQ(standing(key(5)), "blocked") << "of the same batch";
}

TEST_F(DamagedFeedTest, CountsAChangeOfWhichItCannotTellWhomItTurnsAway) {
  start_damaged({{"sqlite_autoindex_shopper_1", 4}});
  int lost = 0;
  while (writer_.knows(document(lost))) ++lost;
  expect_to_be_followed_after(R"({"seq":0,"id":")" + document(lost) + R"(","deleted":true})");
  EXPECT_EQ(status().without_effect, 1);
  EXPECT_EQ(status().takes_nothing, "");
  EXPECT_EQ(standing(key(lost)), "active");
}

}  // namespace
}  // namespace gatehouse::sync
