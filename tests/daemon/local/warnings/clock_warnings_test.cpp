#include "daemon/local/warnings/clock_warnings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/local/warnings/warnings.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct Case {
  std::string name;
  void (*happens)(Facts&);
  std::string code;
  Severity severity;
  std::string text;  ///< a part of it
};

TEST(ClockWarnings, SayWhatIsTheMatterWithTheClockAndWhatToDo) {
  const Case cases[] = {
      {"charge_late_by_a_clock_that_may_be_wrong",
       [](Facts& f) {
         f.process.sync.clock.is_plausible = false;
         f.ledger.oldest_uncharged_trip_at = f.now - 46h - 1min;
       },
       "charge_overdue", Severity::warning, "end no charge for it"},
      {"clock_wrong",
       [](Facts& f) {
         f.process.sync.clock.verdict.state = sync::ClockState::wrong;
         f.process.sync.clock.newest_confirmed = f.now + 24h;
       },
       "clock_wrong", Severity::critical, "was confirmed before. Nothing is ended"},
      {"clock_contradicted",
       [](Facts& f) {
         f.process.sync.clock.verdict.hosts_against = 2;
         f.process.sync.clock.verdict.ahead = -2h;
       },
       "clock_doubtful", Severity::warning, "by the answers of 2 hosts it is 2 h 0 min behind"},
      {"clock_unconfirmed", [](Facts& f) { f.process.sync.clock.unconfirmed_for = 15min; },
       "clock_doubtful", Severity::warning,
       "nothing has confirmed this machine's clock for 15 min"},
  };
  for (const Case& each : cases) {
    Facts facts = good_day();
    each.happens(facts);
    const auto warnings = assess(facts);
    ASSERT_EQ(warnings.size(), 1U) << each.name;
    EXPECT_EQ(warnings[0].code, each.code);
    EXPECT_EQ(to_text(warnings[0].severity), to_text(each.severity)) << each.name;
    EXPECT_THAT(warnings[0].text, HasSubstr(each.text));
  }
}

}  // namespace
}  // namespace gatehouse::local
