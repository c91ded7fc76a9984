#include "daemon/local/warnings/settlement_warnings.hpp"

#include <gmock/gmock.h>

#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Warning> of(const Facts& facts) {
  std::vector<Warning> out;
  assess_settlement(facts, out);
  return out;
}

TEST(SettlementWarnings, TellOfWhatIsDueAndDoesNotLeave) {
  Facts facts = good_day();
  facts.process.sync.refunds.configured = true;
  facts.process.sync.reports.configured = true;
  facts.ledger.charge_due_at = facts.now - pending_long - 1min;
  facts.ledger.refund_due_at = facts.now - 9h;
  facts.ledger.report_due_at = facts.now - 9h;
  const auto warnings = of(facts);
  ASSERT_EQ(warnings.size(), 3U);
  EXPECT_EQ(warnings[0].code, "charges_late");
  EXPECT_THAT(warnings[0].text, HasSubstr("charge that is due has not been sent for 16 min"));
  EXPECT_EQ(warnings[1].code, "refunds_late");
  EXPECT_THAT(warnings[1].text, HasSubstr("the oldest refund"));
  EXPECT_EQ(warnings[2].code, "reports_late");
  EXPECT_THAT(warnings[2].text, HasSubstr("the oldest payment status report"));
}

TEST(SettlementWarnings, SayNothingOfWhatHasJustComeDueOrIsPutOff) {
  Facts facts = good_day();
  facts.ledger.charge_due_at = facts.now - pending_long;
  EXPECT_THAT(of(facts), IsEmpty());
  facts.ledger.charge_due_at = facts.now + 9h;
  EXPECT_THAT(of(facts), IsEmpty());
}

TEST(SettlementWarnings, SayOfWhatCannotLeaveOnlyWhy) {
  Facts facts = good_day();
  facts.ledger.charge_due_at = facts.now - 9h;
  facts.ledger.refund_due_at = facts.now - 9h;  // of which this box makes none
  facts.process.sync.payments.open = false;
  const auto warnings = of(facts);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].code, "payments_unreachable");
  facts.process.has_credentials = false;
  facts.process.sync.payments.open = true;
  EXPECT_THAT(of(facts), IsEmpty()) << "credentials_missing says it";
}

}  // namespace
}  // namespace gatehouse::local
