#include "daemon/process/rollback_report.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/child/child.hpp"

namespace gatehouse::process {
namespace {

using Outcome = local::RollbackReport::Outcome;

const std::string versions = "From: 0.2.0\nTo: 0.1.0\n";
const std::string time_line = "At: 2026-11-24T02:10:00Z\n";
const std::string end_lines = "Outcome: rolled_back\nReason: one line\n";

class RollbackReportTest : public testing::Test {
 protected:
  local::RollbackReport read(const std::string& text) {
    std::ofstream(file_) << text;
    return rollback_report(file_).value();
  }
  /// "" where it can be read.
  std::string error(const std::string& text) {
    const auto report = read(text);
    return report.outcome == Outcome::unreadable ? report.reason : "";
  }

  child::TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "report";
};

TEST_F(RollbackReportTest, IsNoneWhereNothingWasTakenBack) {
  EXPECT_FALSE(rollback_report(file_));
}

TEST_F(RollbackReportTest, TellsTheWholeStory) {
  const auto report = read(versions + time_line + end_lines);
  EXPECT_EQ(report.outcome, Outcome::rolled_back);
  EXPECT_EQ(report.from, "0.2.0");
  EXPECT_EQ(report.to, "0.1.0");
  EXPECT_EQ(report.at, "2026-11-24T02:10:00Z");
  EXPECT_EQ(report.reason, "one line");
  EXPECT_EQ(read(versions + time_line + "Outcome: failed\nReason: x").outcome, Outcome::failed);
}

TEST_F(RollbackReportTest, PassesOverOtherFieldsAndBlanks) {
  EXPECT_EQ(error("More: a: b\r\n\n" + versions + time_line + " Outcome:failed \nReason:\tx\n"),
            "");
}

TEST_F(RollbackReportTest, IsPrintableWhateverItSays) {
  const auto report =
      read(versions + time_line + "Outcome: failed\nReason: \x1b[31mred\x01 \xc3\xa9\n");
  EXPECT_EQ(report.reason, "\\x1b[31mred\\x01 \\xc3\\xa9");
}

TEST_F(RollbackReportTest, SaysWhyItCannotBeRead) {
  EXPECT_EQ(error(""), "has no version in From:");
  EXPECT_EQ(error("From: 0.2.0\n" + time_line + end_lines), "has no version in To:");
  EXPECT_EQ(error("From: 1\nTo: 1; rm -rf /\n" + time_line + end_lines), "has no version in To:");
  EXPECT_EQ(error(versions + "At: yesterday\n" + end_lines),
            "has no time such as 2026-11-24T02:10:00Z in At:");
  EXPECT_EQ(error(versions + time_line + "Outcome: fine\nReason: x\n"),
            "has neither rolled_back nor failed in Outcome:");
  EXPECT_EQ(error(versions + time_line + "Outcome: failed\n"), "has nothing in Reason:");
  EXPECT_EQ(error(versions + time_line + end_lines + "and more\n"),
            "has a line that is not Field: value");
  EXPECT_EQ(error(std::string(4097, '\n')), "is longer than 4096 bytes");
}

TEST_F(RollbackReportTest, MayBeAsLongAsItsLimitAndItsReasonIsCut) {
  const std::string begin = versions + time_line + "Outcome: failed\nReason: ";
  const auto report = read(begin + std::string(4096 - begin.size(), 'x'));
  EXPECT_EQ(report.outcome, Outcome::failed);
  EXPECT_EQ(report.reason, std::string(500, 'x') + "...");
}

}  // namespace
}  // namespace gatehouse::process
