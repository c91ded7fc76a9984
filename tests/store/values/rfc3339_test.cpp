#include "store/values/rfc3339.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

std::optional<std::int64_t> unix_ms(std::string_view text) {
  const auto time = parse_rfc3339(text);
  if (!time) return std::nullopt;
  return to_unix_ms(*time);
}

TEST(Rfc3339, ReadsAmazonsSample) {
  EXPECT_EQ(unix_ms("2024-03-22T17:00:00Z"), 1711126800000);
}

TEST(Rfc3339, ReadsFractionsAndCutsThemToMilliseconds) {
  EXPECT_EQ(unix_ms("1970-01-01T00:00:00.5Z"), 500);
  EXPECT_EQ(unix_ms("1970-01-01T00:00:00.05Z"), 50);
  EXPECT_EQ(unix_ms("1970-01-01T00:00:00.123Z"), 123);
  EXPECT_EQ(unix_ms("1970-01-01T00:00:00.123999999999999999999Z"), 123);
}

TEST(Rfc3339, ReadsOffsetsToBothSides) {
  EXPECT_EQ(unix_ms("1970-01-01T01:30:00+01:30"), 0);
  EXPECT_EQ(unix_ms("1969-12-31T16:00:00-08:00"), 0);
  EXPECT_EQ(unix_ms("1970-01-01T00:00:00-00:00"), 0);
  EXPECT_EQ(unix_ms("1970-01-01T23:59:00+23:59"), 0);
}

TEST(Rfc3339, TakesSmallLettersAsRfc3339Allows) {
  EXPECT_EQ(unix_ms("1970-01-01t00:00:01z"), 1000);
}

TEST(Rfc3339, TakesAFullMinuteWithoutSecondsAsJavaPrintsIt) {
  EXPECT_EQ(unix_ms("2024-03-22T17:00Z"), 1711126800000);
  EXPECT_EQ(unix_ms("2024-03-22T17:00+00:00"), 1711126800000);
  for (const auto* const zone : {"+0000", "+00", "-00", "-0000"}) {
    EXPECT_EQ(unix_ms(std::string("2024-03-22T17:00:00") + zone), 1711126800000) << zone;
  }
  EXPECT_EQ(unix_ms("2024-03-22T18:30:00+0130"), 1711126800000);
  EXPECT_EQ(unix_ms("2024-03-22T09:00:00-08"), 1711126800000);
  for (const auto* const zone :
       {"+0", "+000", "+00:", "+00:0", "+00000", "+00 ", "+", "+24", "+0060"}) {
    EXPECT_FALSE(parse_rfc3339(std::string("2024-03-22T17:00:00") + zone)) << zone;
  }
  EXPECT_EQ(unix_ms("2024-03-22T17:00.5Z"), std::nullopt);
}

TEST(Rfc3339, KnowsTheCalendar) {
  EXPECT_TRUE(unix_ms("2024-02-29T00:00:00Z"));
  EXPECT_TRUE(unix_ms("2000-02-29T00:00:00Z"));
  EXPECT_FALSE(unix_ms("2023-02-29T00:00:00Z"));
  EXPECT_FALSE(unix_ms("1900-02-29T00:00:00Z"));
  EXPECT_FALSE(unix_ms("2024-04-31T00:00:00Z"));
  EXPECT_FALSE(unix_ms("2024-00-10T00:00:00Z"));
  EXPECT_FALSE(unix_ms("2024-13-10T00:00:00Z"));
  EXPECT_FALSE(unix_ms("2024-01-00T00:00:00Z"));
}

TEST(Rfc3339, TakesALeapSecondOnlyWhereOneCanBe) {
  EXPECT_EQ(unix_ms("2016-12-31T23:59:60Z"), unix_ms("2017-01-01T00:00:00Z"));
  EXPECT_EQ(unix_ms("2016-12-31T15:59:60-08:00"), unix_ms("2017-01-01T00:00:00Z"));
  EXPECT_FALSE(unix_ms("2016-12-30T23:59:60Z"));
  EXPECT_FALSE(unix_ms("2016-12-31T22:59:60Z"));
  EXPECT_FALSE(unix_ms("2016-12-31T23:59:60-08:00"));
  EXPECT_FALSE(unix_ms("2016-12-31T23:59:61Z"));
}

TEST(Rfc3339, ReadsTheFirstAndTheLastYear) {
  EXPECT_TRUE(unix_ms("0000-01-01T00:00:00Z"));
  EXPECT_TRUE(unix_ms("9999-12-31T23:59:59.999Z"));
}

TEST(Rfc3339, RefusesEverythingElse) {
  for (const auto* const text : {
           "",
           "yesterday",
           "2024-03-22",
           "17:00:00Z",
           "2024-03-22 17:00:00Z",
           "2024-03-22T17:00:00",
           "2024-03-22T17:00:00Z ",
           " 2024-03-22T17:00:00Z",
           "2024-03-22T17:00:00ZZ",
           "2024-03-22T17:00:00.Z",
           "2024-03-22T17:00:00,5Z",
           "2024-03-22T24:00:00Z",
           "2024-03-22T17:60:00Z",
           "2024-03-22T17:00:0Z",
           "2024-03-22T17:00:00+24:00",
           "2024-03-22T17:00:00+01:60",
           "2024-03-22T17:00:00+1:00",
           "2024-3-22T17:00:00Z",
           "24-03-22T17:00:00Z",
           "20240322T170000Z",
           "+024-03-22T17:00:00Z",
           "2024-W12-5T17:00:00Z",
           "1711126800",
       }) {
    EXPECT_EQ(unix_ms(text), std::nullopt) << text;
  }
}

TEST(Rfc3339, IsWrittenInUtcWithMilliseconds) {
  EXPECT_EQ(rfc3339(WallTime{1'746'144'318'250ms}), "2025-05-02T00:05:18.250Z");
  EXPECT_EQ(rfc3339(WallTime{5ms}), "1970-01-01T00:00:00.005Z");
  EXPECT_EQ(rfc3339(*parse_rfc3339("6000-01-01T00:00:00+23:59")), "5999-12-31T00:01:00.000Z");
  EXPECT_EQ(rfc3339(WallTime{-1ms}), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace gatehouse
