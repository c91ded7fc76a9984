#include "daemon/local/warnings/release_warnings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/local/warnings/warnings.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using testing::HasSubstr;

Warning warning_of(RollbackReport report) {
  Facts facts = good_day();
  facts.process.rollback = std::move(report);
  auto warnings = assess(facts);
  return warnings.size() == 1 ? warnings[0] : Warning{};
}

const RollbackReport taken_back{.outcome = RollbackReport::Outcome::rolled_back,
                                .from = "0.2.0",
                                .to = "0.1.0",
                                .at = "2026-11-24T02:10:00Z",
                                .reason = "the gate did not answer"};

TEST(Release, ThatWasTakenBackIsAWarning) {
  const Warning warning = warning_of(taken_back);
  EXPECT_EQ(warning.code, "release_rolled_back");
  EXPECT_EQ(to_text(warning.severity), "warning");
  EXPECT_EQ(
      warning.text,
      "release 0.2.0 failed at 2026-11-24T02:10:00Z (the gate did not "
      "answer) and was rolled back to 0.1.0; it is not installed again, but the next release is");
}

TEST(Release, ThatCouldNotBeTakenBackIsCritical) {
  RollbackReport report = taken_back;
  report.outcome = RollbackReport::Outcome::failed;
  const Warning warning = warning_of(report);
  EXPECT_EQ(warning.code, "release_rollback_failed");
  EXPECT_EQ(to_text(warning.severity), "critical");
  EXPECT_THAT(warning.text,
              HasSubstr("(the gate did not answer) and could not be rolled back to "
                        "0.1.0: see `journalctl -u gatehouse-rollback`, then run "
                        "`apt-get install gatehouse=0.1.0` or, if that version cannot read the "
                        "ledger any more, publish a newer release"));
}

TEST(Release, WhoseReportCannotBeReadIsANotice) {
  RollbackReport report;
  report.reason = "has no version in To:";
  const Warning warning = warning_of(report);
  EXPECT_EQ(warning.code, "release_rolled_back");
  EXPECT_EQ(to_text(warning.severity), "notice");
  EXPECT_THAT(warning.text, HasSubstr("it has no version in To:. See `journalctl"));
}

}  // namespace
}  // namespace gatehouse::local
