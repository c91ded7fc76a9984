#include "daemon/local/time_text.hpp"

#include <gtest/gtest.h>

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;

TEST(UtcText, IsRfc3339WithMilliseconds) {
  EXPECT_EQ(utc_text(WallTime{1'746'144'318'250ms}), "2025-05-02T00:05:18.250Z");
  EXPECT_EQ(utc_text(WallTime{5ms}), "1970-01-01T00:00:00.005Z");
  EXPECT_EQ(utc_text(WallTime{-1ms}), "1969-12-31T23:59:59.999Z");
}

TEST(AgeText, UsesTheTwoLargestUnits) {
  EXPECT_EQ(age_text(-5s), "0 s");
  EXPECT_EQ(age_text(999ms), "0 s");
  EXPECT_EQ(age_text(45s), "45 s");
  EXPECT_EQ(age_text(119s), "1 min");
  EXPECT_EQ(age_text(3h + 12min), "3 h 12 min");
  EXPECT_EQ(age_text(47h + 59min), "47 h 59 min");
  EXPECT_EQ(age_text(53h), "2 d 5 h");
}

}  // namespace
}  // namespace gatehouse::local
