#include "daemon/command/list/decision_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::command {
namespace {

using testing::HasSubstr;

TEST(DecisionList, HasOneTripALineWithAnyOfTheUsualTrimmings) {
  const auto lines = read_decisions(
      "\xef\xbb\xbftripId,decision,by\r\nT-1,captured,Ann\r\n\r\n# later\n"
      "\"T,2\" , not_captured , \"Ann \"\"the desk\"\"\"\nT-3,written_off");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].line, 2U);
  EXPECT_EQ(lines[0].by, "Ann");
  EXPECT_EQ(lines[1].trip_id, "T,2");
  EXPECT_EQ(lines[1].by, "Ann \"the desk\"");
  EXPECT_EQ(lines[2].word, "written_off");
  for (const auto& line : lines) EXPECT_EQ(line.wrong, "");
}

TEST(DecisionList, SetsABadLineAsideAndReadsTheOthers) {
  const auto lines = read_decisions(
      "T-1\nT-2,refund\n,charge\nT-4,charge,Ann,x\n\"T-5,charge\nT-6,charge\nT-6,captured\n"
      "\"T-8\"x,charge\n");
  ASSERT_EQ(lines.size(), 8U);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i].line, i + 1);
    EXPECT_EQ(lines[i].wrong.empty(), i == 5) << i;
  }
  EXPECT_THAT(lines[6].wrong, HasSubstr("line 6"));
}

TEST(DecisionList, ConfirmsAPriceWithItsAmount) {
  const auto lines = read_decisions(
      "T-1,charge_confirmed,Ann,1599.00,USD\nT-2,charge_confirmed,,20,USD\n"
      "T-3,charge_confirmed,Ann\nT-4,charge_confirmed,Ann,9.999,USD\nT-5,charge,Ann,1,USD\n");
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0].word, "charge");
  EXPECT_EQ(lines[0].by, "Ann");
  EXPECT_EQ(lines[0].amount, "1599.00");
  EXPECT_EQ(lines[0].currency, "USD");
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(lines[i].wrong.empty(), i < 2) << i;
}

}  // namespace
}  // namespace gatehouse::command
