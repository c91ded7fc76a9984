#include "daemon/configuration/model/units.hpp"

#include <gtest/gtest.h>

namespace gatehouse::configuration {
namespace {

TEST(Duration, IsAWholeNumberWithItsUnit) {
  EXPECT_EQ(parse_duration("300ms"), milliseconds(300));
  EXPECT_EQ(parse_duration("10s"), milliseconds(10'000));
  EXPECT_EQ(parse_duration("5m"), milliseconds(300'000));
  EXPECT_EQ(parse_duration("24h"), milliseconds(86'400'000));
  EXPECT_EQ(parse_duration("7d"), milliseconds(604'800'000));
  EXPECT_EQ(parse_duration("0s"), milliseconds(0));
}

TEST(Duration, IsNothingElse) {
  for (const auto* text : {"", "300", "ms", "1.5s", "-1s", "+1s", " 1s", "1 s", "1s ", "1H", "1w",
                           "1sec", "9223372036854775807d", "99999999999999999999ms"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, IsWrittenInItsLargestWholeUnit) {
  EXPECT_EQ(format_duration(milliseconds(300)), "300ms");
  EXPECT_EQ(format_duration(milliseconds(90'000)), "90s");
  EXPECT_EQ(format_duration(milliseconds(3'600'000)), "1h");
  EXPECT_EQ(format_duration(std::chrono::hours(24)), "24h");
  EXPECT_EQ(format_duration(std::chrono::hours(48)), "2d");
  EXPECT_EQ(format_duration(milliseconds(0)), "0ms");
}

TEST(Size, IsAWholeNumberWithABinaryUnit) {
  EXPECT_EQ(parse_size("512B"), ByteCount{512});
  EXPECT_EQ(parse_size("64KiB"), ByteCount{65'536});
  EXPECT_EQ(parse_size("1MiB"), ByteCount{1'048'576});
  EXPECT_EQ(parse_size("2GiB"), ByteCount{2'147'483'648});
}

TEST(Size, IsNothingElse) {
  for (const auto* text :
       {"", "1", "1MB", "1M", "1mib", "-1B", "1.5MiB", "1 MiB", "9223372036854775807GiB"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(Size, IsWrittenInItsLargestWholeUnit) {
  EXPECT_EQ(format_size({1'048'576}), "1MiB");
  EXPECT_EQ(format_size({1'048'577}), "1048577B");
}

}  // namespace
}  // namespace gatehouse::configuration
