// A feed whose cursor is no longer known: reading it again from its start.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sync/feed/feed_fixture.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST_F(FeedTest, KeepsItsCursorUntilTheFeedAnswersFromItsStart) {
  start_synced();
  refuse_cursor_until_probed();
  EXPECT_THAT(asked(), HasSubstr("since=0"));
  answer(404);
  EXPECT_EQ(status().position.cursor, "2");
  EXPECT_TRUE(status().position.complete);
  EXPECT_FALSE(status().rebuilding);
  let_it_retry();
  EXPECT_THAT(asked(), HasSubstr("since=2")) << "the old cursor has its turn again";
  answer(200, batch("", "2"));
  EXPECT_EQ(status().last_error, "");
}

TEST_F(FeedTest, ReadsAFeedAgainFromItsStartWhileTheCacheGoesOnAnswering) {
  options_.batch_max = 1;
  start();
  answer(200, batch(put("a", "k-a"), "1", R"(,"pending":1)"));
  answer(200, batch(put("b", "k-b"), "2", R"(,"pending":0)"));
  refuse_cursor_until_probed();
  ASSERT_THAT(asked(), HasSubstr("since=0"));
  const auto synced_at = status().position.synced_at;

  answer(200, batch(put("c", "k-c"), "1", R"(,"pending":1)"));
  EXPECT_TRUE(status().rebuilding);
  EXPECT_EQ(status().rebuilt_documents, 1U);
  EXPECT_EQ(status().last_error, "");
  EXPECT_EQ(cache_.shopper_of("k-a"), "S-a");
  EXPECT_EQ(cache_.shopper_of("k-b"), "S-b");
  EXPECT_EQ(cache_.shopper_of("k-c"), "S-c");
  auto position = cache_.position_on_disk();
  EXPECT_FALSE(position.complete);
  EXPECT_EQ(position.cursor, "2") << "an interrupted rebuild begins anew";
  EXPECT_EQ(position.synced_at, synced_at) << "it is as old as it was";

  EXPECT_THAT(asked(), HasSubstr("feed=normal&include_docs=true&limit=1&since=1"));
  clock_.advance(1s);
  const auto fetched_at = clock_.wall();
  transport_.answer(200, batch(put("a", "k-a2"), "2", R"(,"pending":0)"));
  while (transport_.waiting() == 0) turn();
  EXPECT_THAT(asked(), HasSubstr("feed=longpoll&include_docs=true&limit=1&since=2"));
  EXPECT_EQ(cache_.shopper_of("k-a2"), "S-a");
  EXPECT_EQ(cache_.shopper_of("k-a"), "");
  EXPECT_EQ(cache_.shopper_of("k-b"), "") << "the feed does not have it any more";
  EXPECT_EQ(cache_.shopper_of("k-c"), "S-c");
  position = cache_.position_on_disk();
  EXPECT_TRUE(position.complete);
  EXPECT_EQ(position.cursor, "2");
  EXPECT_EQ(position.synced_at, fetched_at);
  EXPECT_FALSE(status().rebuilding);
  EXPECT_EQ(status().last_error, "");
}

TEST_F(FeedTest, SweepsACacheThatIsReadAnewFromTheStartWithoutACursor) {
  // As a migration leaves it that asks for everything once more.
  const std::vector<store::ShopperChange> cached{
      store::ShopperPut{"a", "S-a", store::Role::shopper, store::Status::active, {"k-a"}, ""},
      store::ShopperPut{
          "gone", "S-gone", store::Role::shopper, store::Status::active, {"k-gone"}, ""}};
  ASSERT_TRUE(writer_.apply(cached, {"", false, clock_.wall()}).has_value());
  start();
  EXPECT_TRUE(status().rebuilding);
  transport_.answer(200, batch(put("a", "k-a"), "2", R"(,"pending":0)"));
  for (int turns = 0; transport_.waiting() == 0 && turns < 100; ++turns) turn();
  EXPECT_EQ(cache_.shopper_of("k-a"), "S-a");
  EXPECT_EQ(cache_.shopper_of("k-gone"), "");
  EXPECT_FALSE(status().rebuilding);
  EXPECT_EQ(cache_.position_on_disk().cursor, "2");
}

TEST_F(FeedTest, SweepsACacheOfManyPages) {
  // More than a page of what stays lies before what goes.
  std::vector<store::ShopperChange> cached;
  std::string still_there = put("kept-0", "k-0");
  for (int i = 0; i < 1500; ++i) {
    const auto kept = "kept-" + std::to_string(i);
    const auto old = "old-" + std::to_string(i);
    cached.emplace_back(store::ShopperPut{
        kept, kept, store::Role::shopper, store::Status::active, {"k-" + kept}, ""});
    cached.emplace_back(
        store::ShopperPut{old, old, store::Role::shopper, store::Status::active, {"k-" + old}, ""});
    still_there += "," + put(kept, "k-" + kept);
  }
  ASSERT_TRUE(writer_.apply(cached, {"2", true, clock_.wall()}).has_value());
  start();
  refuse_cursor_until_probed();
  transport_.answer(200, batch(still_there, "\"1-y\"", R"(,"pending":0)"));
  for (int turns = 0; transport_.waiting() == 0; ++turns) {
    ASSERT_LT(turns, 10) << "the sweep does not end";
    turn();
  }
  EXPECT_EQ(writer_.shopper_count().value_or(0), 1500);
  EXPECT_EQ(cache_.shopper_of("k-kept-1499"), "S-kept-1499");
  EXPECT_EQ(cache_.position_on_disk().cursor, "1-y");
}

TEST_F(FeedTest, BeginsAnInterruptedRebuildAnew) {
  start_synced();
  refuse_cursor_until_probed();
  answer(200, batch(put("c", "k-c"), "1", R"(,"pending":1)"));
  feed_.reset();
  start();
  EXPECT_FALSE(status().position.complete);
  refuse_cursor_until_probed();
  EXPECT_THAT(asked(), HasSubstr("since=0"));
}

TEST_F(FeedTest, DoesNotTurnEveryoneAwayBecauseAFeedIsEmptyFromItsStart) {
  start_synced();
  refuse_cursor_until_probed();
  answer(200, batch("", "0", R"(,"pending":0)"));
  EXPECT_THAT(status().last_error, HasSubstr("empty from its start"));
  EXPECT_EQ(cache_.shopper_of("k-a"), "S-a");
  EXPECT_EQ(asked(), "nothing") << "and it takes its time before it asks again";
  EXPECT_FALSE(status().rebuilding);
}

TEST_F(FeedTest, StillSweepsAfterAFeedThatWasEmptyForAMomentWhereThereIsNoCursor) {
  const std::vector<store::ShopperChange> cached{
      store::ShopperPut{"a", "S-a", store::Role::shopper, store::Status::active, {"k-a"}, ""},
      store::ShopperPut{
          "gone", "S-gone", store::Role::shopper, store::Status::active, {"k-gone"}, ""}};
  ASSERT_TRUE(writer_.apply(cached, {"", false, clock_.wall()}).has_value());
  start();
  milliseconds last{0};
  for (int i = 0; i < 8; ++i) {
    ASSERT_THAT(asked(), HasSubstr("since=0"));
    answer(200, batch("", "\"0\""));
    EXPECT_THAT(status().last_error, HasSubstr("empty from its start"));
    EXPECT_FALSE(status().position.complete);
    EXPECT_TRUE(status().rebuilding);
    EXPECT_EQ(cache_.shopper_of("k-gone"), "S-gone");
    const auto wait = std::chrono::floor<milliseconds>(next_ - clock_.steady());
    EXPECT_GE(wait, last) << "later and later";
    last = wait;
    let_it_retry();
  }
  EXPECT_EQ(cache_.position_on_disk().cursor, "");
  transport_.answer(200, batch(put("a", "k-a"), "2", R"(,"pending":0)"));
  for (int turns = 0; transport_.waiting() == 0 && turns < 100; ++turns) turn();
  EXPECT_EQ(cache_.shopper_of("k-a"), "S-a");
  EXPECT_EQ(cache_.shopper_of("k-gone"), "");
  EXPECT_TRUE(status().position.complete);
  EXPECT_EQ(status().last_error, "");
}

TEST_F(FeedTest, SeesThatANumberedFeedIsAnotherOne) {
  start_synced();
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(asked(), HasSubstr("since=2"));
    answer(200, batch("", "1"));
    EXPECT_THAT(status().last_error, HasSubstr("another feed"));
    let_it_retry();
  }
  EXPECT_THAT(asked(), HasSubstr("since=0"));
}

}  // namespace
}  // namespace gatehouse::sync
