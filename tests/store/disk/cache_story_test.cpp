// The shopper cache on a disk that fails, from one seed each.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/store/disk/cache_story.hpp"
#include "tests/store/disk/seeds.hpp"

namespace gatehouse::store {
namespace {

using testing::IsEmpty;

class CacheOnAFailingDisk : public testing::TestWithParam<std::uint64_t> {};

TEST_P(CacheOnAFailingDisk, HasDataAndCursorTogetherFromEverySeed) {
  for (const auto seed : seeds_of_shard(GetParam())) {
    CacheStory story(seed);
    story.live();
    EXPECT_THAT(story.complaints(), IsEmpty()) << fmt::format(
        "live it again with --seed {}:\n{}", seed, fmt::join(story.chronicle(), "\n"));
    if (HasFailure()) return;  // one story is enough to read
  }
}

INSTANTIATE_TEST_SUITE_P(Shards, CacheOnAFailingDisk, testing::Range<std::uint64_t>(0, shards));

TEST(PlantedInTheCache, ACursorThatMovesBeforeItsDataIsFound) {
  constexpr std::uint64_t seeds_max = 100;
  std::string found;
  for (std::uint64_t seed = 1; seed <= seeds_max && found.empty(); ++seed) {
    CacheStory story(seed, PlantedInCache::cursor_before_the_data);
    story.live();
    if (!story.complaints().empty()) found = story.complaints().front().substr(0, 3);
  }
  EXPECT_EQ(found, "(1)");
}

}  // namespace
}  // namespace gatehouse::store
