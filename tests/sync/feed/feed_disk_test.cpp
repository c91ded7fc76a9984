// A damaged cache on a disk that takes no write.
#include "tests/store/sqlite/faulty_disk.hpp"
#include "tests/sync/feed/damaged_feed_fixture.hpp"

namespace gatehouse::sync {
namespace {

using testing::HasSubstr;

TEST_F(DamagedFeedTest, SaysThatBlocksHaveNoEffectWhileTheDiskTakesNothing) {
  start_with_a_hidden_shopper();
  const std::string blocked = shopper(document(hidden_), quoted(key(hidden_)), "BLOCKED") + "," +
                              shopper(document(1), quoted(key(1)), "BLOCKED");
  store::FaultyDisk disk;
  disk.full = true;
  answer(200, batch(blocked, "10", R"(,"pending":0)"));
  EXPECT_GT(store::FaultyDisk::failures, 0);
  EXPECT_THAT(status().takes_nothing, HasSubstr("the disk is full"));
  EXPECT_THAT(status().last_error, HasSubstr("the disk is full"));
  EXPECT_EQ(status().position.cursor, "9");
  EXPECT_EQ(asked(), "nothing") << "it backs off";
  EXPECT_EQ(standing(key(1)), "active");

  disk.repair();
  let_it_retry();
  ASSERT_THAT(asked(), HasSubstr("since=9"));
  answer(200, batch(blocked, "10", R"(,"pending":0)"));
  EXPECT_EQ(status().takes_nothing, "");
  EXPECT_EQ(status().without_effect, 0);
  EXPECT_EQ(standing(key(1)), "blocked");
  EXPECT_EQ(standing(key(hidden_)), "blocked");
}

}  // namespace
}  // namespace gatehouse::sync
