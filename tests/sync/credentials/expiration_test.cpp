#include "sync/credentials/expiration.hpp"

#include <gtest/gtest.h>

namespace gatehouse::sync {
namespace {

TEST(Expiration, IsReadInEveryFormThatAwsWrites) {
  const auto time = from_unix_ms(1'514'869'445'000);  // 2018-01-02T05:04:05Z
  for (const auto* text :
       {"2018-01-02T05:04:05Z", "2018-01-02T05:04:05.999Z", "2018-01-02T05:04:05z",
        "2018-01-02T05:04:05+00:00", "2018-01-02T06:34:05+01:30", "2018-01-01T21:04:05-08:00",
        "2018-01-02T06:04:05+0100", "2018-01-02T06:04:05+01", "2018-01-02 05:04:05Z", "1514869445",
        "1.514869445E9", "1.514869445e+9", "1514869445.7", "1.5148694457E9", "15148694.45E2"}) {
    const auto read = read_expiration(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, time) << text;
  }
  EXPECT_EQ(read_expiration("1.5E9"), from_unix_ms(1'500'000'000'000));
}

TEST(Expiration, IsNothingElse) {
  for (const auto* text :
       {"", "-", "soon", "2018-01-02", "2018-01-02T05:04:05", "2018-13-02T05:04:05Z",
        "2018-02-30T05:04:05Z", "2018-01-02T25:04:05Z", "2018-01-02T05:04:05Zx",
        "2018-01-02T05:04:05+1", "1514869445000", "1E99", "1E-9", ".5E9", "1.5E", "0x5A4B", "1,5E9",
        "1.5E9999999999999999999999", "99999999999999999999999999"}) {
    EXPECT_FALSE(read_expiration(text)) << text;
  }
}

}  // namespace
}  // namespace gatehouse::sync
