// The money, from one seed each: CONTRIBUTING.md says how to live one of them again.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/model/seeds.hpp"
#include "tests/model/story.hpp"

namespace gatehouse::sync::model {
namespace {

using testing::IsEmpty;

void live(std::uint64_t seed) {
  Story story(make_plan(seed));
  story.live();
  EXPECT_THAT(story.complaints(), IsEmpty())
      << fmt::format("live it again with --seed {}:\n{}", seed, fmt::join(story.chronicle(), "\n"));
}

class MoneyModel : public testing::TestWithParam<std::uint64_t> {};

TEST_P(MoneyModel, HoldsItsInvariantsFromEverySeed) {
  for (const auto seed : seeds_of_shard(GetParam())) {
    live(seed);
    if (HasFailure()) return;  // one story is enough to read
  }
}

INSTANTIATE_TEST_SUITE_P(Shards, MoneyModel, testing::Range<std::uint64_t>(0, shards));

}  // namespace
}  // namespace gatehouse::sync::model
