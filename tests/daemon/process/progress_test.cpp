#include "daemon/process/progress.hpp"

#include <gmock/gmock.h>

namespace gatehouse::process {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr milliseconds stall_max{5000};
constexpr milliseconds no_disk{0};

class ProgressTest : public testing::Test {
 protected:
  SteadyTime start_{std::chrono::hours(1)};
  Progress progress_{start_};
};

TEST_F(ProgressTest, GivesEveryThreadItsTimeBeforeItsFirstTurn) {
  progress_.watch("ledger", stall_max);
  EXPECT_THAT(progress_.stalled(start_ + stall_max), IsEmpty());
}

TEST_F(ProgressTest, NamesTheThreadWhoseCounterStoodStillTooLong) {
  const auto ledger = progress_.watch("ledger", stall_max);
  const auto sync = progress_.watch("sync", stall_max);
  const SteadyTime later = start_ + milliseconds(4000);
  progress_.observe(ledger, 1, no_disk, later);
  progress_.observe(sync, 1, no_disk, later);
  progress_.observe(sync, 2, no_disk, later + milliseconds(4000));
  progress_.observe(ledger, 1, no_disk, later + milliseconds(4000));
  EXPECT_THAT(progress_.stalled(later + milliseconds(5001)), ElementsAre("ledger"));
}

TEST_F(ProgressTest, GivesEachThreadItsOwnTime) {
  progress_.watch("ledger", stall_max);
  progress_.watch("local", 2 * stall_max);
  EXPECT_THAT(progress_.stalled(start_ + stall_max + milliseconds(1)), ElementsAre("ledger"));
}

TEST_F(ProgressTest, ForgivesAThreadThatTurnsAgain) {
  const auto ledger = progress_.watch("ledger", stall_max);
  const SteadyTime late = start_ + milliseconds(9000);
  EXPECT_THAT(progress_.stalled(late), ElementsAre("ledger"));
  progress_.observe(ledger, 7, no_disk, late);
  EXPECT_THAT(progress_.stalled(late), IsEmpty());
}

TEST_F(ProgressTest, CountsNoTimeThatAThreadWaitedForTheDisk) {
  const auto ledger = progress_.watch("ledger", stall_max);
  progress_.observe(ledger, 1, milliseconds(700), start_);
  const SteadyTime later = start_ + milliseconds(3'600'000);
  progress_.observe(ledger, 1, milliseconds(3'600'700) - stall_max, later);
  EXPECT_THAT(progress_.stalled(later), IsEmpty());
  EXPECT_THAT(progress_.stalled(later + milliseconds(1)), ElementsAre("ledger"));
}

TEST_F(ProgressTest, CountsTheDiskOfEachTurnOnce) {
  const auto ledger = progress_.watch("ledger", stall_max);
  progress_.observe(ledger, 1, milliseconds(60'000), start_);
  progress_.observe(ledger, 1, milliseconds(60'000), start_ + stall_max + milliseconds(1));
  EXPECT_THAT(progress_.stalled(start_ + stall_max + milliseconds(1)), ElementsAre("ledger"));
}

}  // namespace
}  // namespace gatehouse::process
