#include "store/values/age.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

using namespace std::chrono_literals;

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
}  // namespace gatehouse
