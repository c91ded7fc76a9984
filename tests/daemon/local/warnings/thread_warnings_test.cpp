#include "daemon/local/warnings/thread_warnings.hpp"

#include <gmock/gmock.h>

#include <tuple>

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

std::vector<Warning> warnings_of_thread(ThreadTurn thread) {
  Facts facts = good_day();
  facts.process.threads = {{.thread = "local", .patience = 30s}, thread};
  return assess(facts);
}

TEST(Threads, ThatTurnAreNoWarning) {
  EXPECT_THAT(warnings_of_thread({.thread = "sync", .still = 2'500ms, .patience = 2'500ms}),
              IsEmpty());
}

TEST(Threads, ThatStandStillAreACriticalMatterOfWhatTheyDo) {
  for (const auto& [thread, code, text] :
       {std::tuple{"gate", "gate_stuck", "scans and carts are not answered. systemd"},
        {"ledger", "ledger_stuck", "carts are answered 503. systemd"},
        {"sync", "sync_stuck", "the feed, deliveries and charges stand still. systemd"}}) {
    const auto warnings = warnings_of_thread({.thread = thread, .still = 12s, .patience = 2'500ms});
    ASSERT_THAT(warnings, SizeIs(1)) << thread;
    EXPECT_EQ(warnings[0].code, code);
    EXPECT_EQ(warnings[0].severity, Severity::critical);
    EXPECT_THAT(warnings[0].text,
                HasSubstr("thread has not turned for 12 s, and not for the disk"));
    EXPECT_THAT(warnings[0].text, HasSubstr(text));
  }
}

TEST(Threads, OfTheLocalApiMayListForAWhile) {
  ThreadTurn thread{.thread = "local", .still = 30s, .patience = 30s};
  EXPECT_THAT(warnings_of_thread(thread), IsEmpty());
}

}  // namespace
}  // namespace gatehouse::local
