#include "sync/delivery/refusal_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gatehouse::sync {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto trips_to_open = static_cast<std::int64_t>(RefusalRun::trips_to_open);

SteadyTime at(minutes time) {
  return SteadyTime{} + time;
}

Refused refused(std::int64_t trip, int status = 422, int kind = 1) {
  return {
      .record = 100 + trip, .trip_id = "T" + std::to_string(trip), .kind = kind, .status = status};
}

auto IsRecord(std::int64_t record) {
  return testing::Field(&Refused::record, record);
}

/// As many different trips as it takes, less one.
void refuse_almost(RefusalRun& run, minutes time = minutes{0}) {
  for (std::int64_t trip = 1; trip < trips_to_open; ++trip) {
    EXPECT_TRUE(run.believes(refused(trip), at(time))) << trip;
  }
}

TEST(RefusalRun, IsOnOnceSoManyDifferentTripsWereRefusedAlike) {
  RefusalRun run;
  refuse_almost(run);
  EXPECT_FALSE(run.is_on());
  for (std::int64_t trip = trips_to_open; trip < 100; ++trip) {
    EXPECT_FALSE(run.believes(refused(trip), at(minutes{1})));
  }
  EXPECT_FALSE(run.believes(refused(1), at(minutes{1}))) << "whoever is refused while it is on";
  EXPECT_TRUE(run.is_on());
}

TEST(RefusalRun, TakesBackOnceWhatItBelievedBeforeItWasOn) {
  RefusalRun run;
  refuse_almost(run);
  EXPECT_THAT(run.take_back(1), IsEmpty()) << "it is not on";
  EXPECT_FALSE(run.believes(refused(trips_to_open), at(minutes{0})));
  EXPECT_THAT(run.take_back(2), IsEmpty()) << "another kind";
  EXPECT_THAT(run.take_back(1),
              ElementsAre(IsRecord(101), IsRecord(102), IsRecord(103), IsRecord(104)));
  EXPECT_THAT(run.take_back(1), IsEmpty());
}

TEST(RefusalRun, GoesOnWhereTheProcessBeforeHasSeenItsBeginning) {
  RefusalRun run;
  for (std::int64_t trip = 1; trip < trips_to_open; ++trip)
    run.remember(refused(trip), at(minutes{1}));
  EXPECT_FALSE(run.is_on());
  EXPECT_FALSE(run.believes(refused(trips_to_open), at(minutes{15})));
  EXPECT_THAT(run.take_back(1), testing::SizeIs(trips_to_open - 1));
  RefusalRun late;
  for (std::int64_t trip = 1; trip < trips_to_open; ++trip)
    late.remember(refused(trip), at(minutes{1}));
  EXPECT_TRUE(late.believes(refused(trips_to_open), at(minutes{17}))) << "that was long ago";
}

TEST(RefusalRun, BelievesARecordThatWasTakenBackWhenItIsRefusedAnew) {
  RefusalRun run;
  refuse_almost(run);
  EXPECT_FALSE(run.believes(refused(trips_to_open), at(minutes{0})));
  EXPECT_THAT(run.take_back(1), testing::SizeIs(4));
  run.succeeded(1);
  for (int round = 0; round < 10; ++round) {
    for (std::int64_t trip = 1; trip < trips_to_open; ++trip) {
      EXPECT_TRUE(run.believes(refused(trip), at(minutes{0})));
    }
  }
  EXPECT_FALSE(run.is_on());
}

TEST(RefusalRun, IsEndedByOneSuccessOfItsKindAndOfNoOther) {
  RefusalRun run;
  refuse_almost(run);
  run.succeeded(2);
  EXPECT_FALSE(run.believes(refused(trips_to_open), at(minutes{0})));
  run.succeeded(2);
  EXPECT_TRUE(run.is_on());
  run.succeeded(1);
  EXPECT_FALSE(run.is_on());
  EXPECT_TRUE(run.believes(refused(trips_to_open + 1), at(minutes{0})));
}

TEST(RefusalRun, CountsATripOnceHoweverOftenAndByWhicheverRecordItIsRefused) {
  RefusalRun run;
  for (std::int64_t record = 1; record < 100; ++record) {
    EXPECT_TRUE(run.believes({.record = record, .trip_id = "T7", .kind = 1, .status = 422},
                             at(minutes{0})));
  }
  EXPECT_FALSE(run.is_on());
}

TEST(RefusalRun, CountsOnlyWhatIsRefusedAlike) {
  RefusalRun run;
  refuse_almost(run);
  for (std::int64_t trip = 10; trip < 14; ++trip) {
    EXPECT_TRUE(run.believes(refused(trip, 400), at(minutes{0})));
    EXPECT_TRUE(run.believes(refused(trip, 422, 2), at(minutes{0})));
  }
  EXPECT_FALSE(run.is_on());
}

TEST(RefusalRun, ForgetsWhatWasRefusedLongAgo) {
  RefusalRun run;
  refuse_almost(run);
  EXPECT_TRUE(run.believes(refused(trips_to_open), at(RefusalRun::window + minutes{1})));
  EXPECT_FALSE(run.is_on());
}

}  // namespace
}  // namespace gatehouse::sync
