// The ledger on a disk that fails, from one seed each: CONTRIBUTING.md says how to live one of them
// again.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/store/disk/ledger_story.hpp"
#include "tests/store/disk/seeds.hpp"

namespace gatehouse::store {
namespace {

using testing::IsEmpty;

class LedgerOnAFailingDisk : public testing::TestWithParam<std::uint64_t> {};

TEST_P(LedgerOnAFailingDisk, KeepsWhatItAcknowledgedAndNothingElseFromEverySeed) {
  for (const auto seed : seeds_of_shard(GetParam())) {
    LedgerStory story(seed);
    story.live();
    EXPECT_THAT(story.complaints(), IsEmpty()) << fmt::format(
        "live it again with --seed {}:\n{}", seed, fmt::join(story.chronicle(), "\n"));
    if (HasFailure()) return;  // one story is enough to read
  }
}

INSTANTIATE_TEST_SUITE_P(Shards, LedgerOnAFailingDisk, testing::Range<std::uint64_t>(0, shards));

// That the stories bite: each fault that is planted in a ledger is found soon.

/// The number of the invariant that was broken first, "(1)"; '' : none in so many seeds.
std::string found_by(PlantedInLedger planted) {
  constexpr std::uint64_t seeds_max = 100;
  for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
    LedgerStory story(seed, planted);
    story.live();
    if (story.complaints().empty()) continue;
    testing::Test::RecordProperty("seed", std::to_string(seed));
    return story.complaints().front().substr(0, 3);
  }
  return "";
}

TEST(PlantedInTheLedger, ACommitAcknowledgedBeforeItsSyncIsFound) {
  EXPECT_EQ(found_by(PlantedInLedger::commits_before_the_sync), "(1)");
}

TEST(PlantedInTheLedger, AFailedCommitToldAsDoneIsFound) {
  EXPECT_EQ(found_by(PlantedInLedger::failures_told_as_done), "(1)");
}

TEST(PlantedInTheLedger, AnErrorToldAsNothingIsFound) {
  EXPECT_EQ(found_by(PlantedInLedger::errors_told_as_nothing), "(1)");
}

}  // namespace
}  // namespace gatehouse::store
