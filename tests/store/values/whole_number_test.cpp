#include "store/values/whole_number.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

TEST(WholeNumber, IsTheWholeText) {
  EXPECT_EQ(whole_number("4096"), 4096);
  EXPECT_EQ(whole_number("-17"), -17);
  EXPECT_EQ(whole_number("007"), 7);
  for (const char* text : {"", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "-", "١"}) {
    EXPECT_EQ(whole_number(text), std::nullopt) << text;
  }
}

TEST(WholeNumber, StaysInTheRangeOfItsType) {
  EXPECT_EQ(whole_number("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(whole_number("9223372036854775808"), std::nullopt);
  EXPECT_EQ(whole_number<std::uint16_t>("65535"), 65535);
  EXPECT_EQ(whole_number<std::uint16_t>("65536"), std::nullopt);
  EXPECT_EQ(whole_number<std::uint16_t>("-1"), std::nullopt);
}

}  // namespace
}  // namespace gatehouse
