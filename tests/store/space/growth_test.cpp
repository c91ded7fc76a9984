#include "store/space/growth.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace gatehouse {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t mebibyte = 1024 * 1024;
constexpr std::int64_t hundred_a_day = 100 * mebibyte;

Growth of(milliseconds time, std::int64_t bytes_a_day, milliseconds from = 0ms) {
  Growth growth;
  for (milliseconds at = from; at <= from + Growth::left_out + time; at += 15min) {
    growth.note(at, bytes_a_day * (at - from).count() / milliseconds{24h}.count());
  }
  return growth;
}

TEST(Growth, IsNotKnownFromLessThanSixHours) {
  EXPECT_FALSE(Growth().bytes_a_day());
  EXPECT_FALSE(of(5h + 45min, hundred_a_day).bytes_a_day());
  EXPECT_TRUE(of(6h, hundred_a_day).bytes_a_day());
}

TEST(Growth, IsWhatADayOfItWouldAdd) {
  const auto off = [](const Growth& growth, std::int64_t expected) {
    return std::abs(growth.bytes_a_day().value() - expected);
  };
  EXPECT_LT(off(of(8h, hundred_a_day, 700h), hundred_a_day), 1'000);
  EXPECT_LT(off(of(24h, -hundred_a_day), -hundred_a_day), 1'000);
  EXPECT_EQ(of(24h, 0).bytes_a_day().value(), 0);
}

TEST(Growth, ForgetsWhatIsOlderThanADay) {
  Growth growth;
  for (milliseconds at{0}; at < 24h; at += 15min) growth.note(at, at.count() * 1'000);
  for (milliseconds at = 24h; at <= 49h; at += 15min) growth.note(at, 7);
  EXPECT_EQ(growth.bytes_a_day(), 0);
}

TEST(Growth, IsNotTheFirstLoad) {
  Growth growth;
  for (milliseconds at{0}; at <= 8h; at += 15min) growth.note(at, at < 15min ? 0 : 600 * mebibyte);
  EXPECT_EQ(growth.bytes_a_day(), 0);
}

TEST(Growth, IsNotTheLogThatIsRotatedEveryHour) {
  Growth growth;
  int step = 0;
  for (milliseconds at{0}; at <= 24h; at += 15min) growth.note(at, (step++ % 4) * 50 * mebibyte);
  EXPECT_LT(std::abs(growth.bytes_a_day().value()), 20 * mebibyte);
}

TEST(Growth, FillsADiskInTheEnd) {
  EXPECT_EQ(full_in(9 * hundred_a_day, hundred_a_day), milliseconds{24h * 9});
  EXPECT_EQ(full_in(0, hundred_a_day), 0ms);
  EXPECT_FALSE(full_in(9 * hundred_a_day, std::nullopt));
  EXPECT_FALSE(full_in(9 * hundred_a_day, 0));
  EXPECT_FALSE(full_in(9 * hundred_a_day, -hundred_a_day));
  EXPECT_FALSE(full_in(std::int64_t{1} << 62, 1)) << "further away than anybody looks";
}

}  // namespace
}  // namespace gatehouse
