#include "daemon/local/warnings/disk_warnings.hpp"

#include <gmock/gmock.h>

#include "daemon/local/warnings/warnings.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<Warning> warnings_of(std::vector<DiskWait> waits) {
  Facts facts = good_day();
  facts.process.disk = std::move(waits);
  return assess(facts);
}

TEST(Disk, ThatAnswersWithinTenSecondsIsNoWarning) {
  EXPECT_THAT(warnings_of({{.thread = "ledger", .inside = 9'999ms}, {.thread = "sync"}}),
              IsEmpty());
}

TEST(Disk, ThatKeepsAThreadWaitingIsAWarning) {
  const auto warnings =
      warnings_of({{.thread = "sync", .inside = 1s}, {.thread = "ledger", .inside = 10s}});
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].code, "disk_slow");
  EXPECT_EQ(warnings[0].severity, Severity::warning);
  EXPECT_THAT(warnings[0].text, HasSubstr("has kept the ledger thread waiting for 10 s"));
}

TEST(Disk, ThatKeepsAThreadWaitingForAMinuteIsCritical) {
  const auto warnings = warnings_of({{.thread = "ledger", .inside = 60s}});
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].severity, Severity::critical);
}

TEST(Disk, ThatWasSlowIsAWarningForAnHour) {
  DiskWait wait{.thread = "ledger", .slow_took = 75s, .slow_ago = 60min};
  const auto warnings = warnings_of({wait});
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].severity, Severity::warning);
  EXPECT_THAT(warnings[0].text, HasSubstr("kept the ledger thread waiting for 1 min, "));
  wait.slow_ago = 60min + 1ms;
  EXPECT_THAT(warnings_of({wait}), IsEmpty());
}

}  // namespace
}  // namespace gatehouse::local
