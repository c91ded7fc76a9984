#include "sync/delivery/refusal_run.hpp"

#include <gtest/gtest.h>

namespace gatehouse::sync {
namespace {

constexpr auto most = static_cast<std::int64_t>(RefusalRun::believed_max);

TEST(RefusalRun, BelievesSoManyDifferentRecordsInARowAndNoMore) {
  RefusalRun run;
  for (std::int64_t record = 1; record <= most; ++record) EXPECT_TRUE(run.believes(record));
  for (std::int64_t record = most + 1; record < 100; ++record) EXPECT_FALSE(run.believes(record));
}

TEST(RefusalRun, IsEndedByOneSuccess) {
  RefusalRun run;
  for (std::int64_t record = 1; record < 100; ++record) {
    if (record % most == 0) run.succeeded();
    EXPECT_TRUE(run.believes(record)) << record;
  }
}

TEST(RefusalRun, CountsARecordOnceHoweverOftenItIsRefused) {
  RefusalRun run;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(run.believes(7));
  for (std::int64_t record = 100; record < 99 + most; ++record) EXPECT_TRUE(run.believes(record));
  EXPECT_TRUE(run.believes(7)) << "an operator asked for it again";
  EXPECT_FALSE(run.believes(1));
}

}  // namespace
}  // namespace gatehouse::sync
