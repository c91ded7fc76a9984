#include "daemon/local/changes/when_sent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;
using store::DeliveryKind;
using testing::AllOf;
using testing::HasSubstr;

sync::SyncStatus all_well() {
  sync::SyncStatus sync;
  sync.cloud.configured = sync.refunds.configured = sync.reports.configured = true;
  return sync;
}

TEST(WhenSent, IsNowWhereNothingKeepsItBack) {
  const auto sent = when_sent(DeliveryKind::cart, std::nullopt, false, all_well());
  EXPECT_STREQ(sent.when, "now");
  EXPECT_EQ(sent.text, "now");
}

TEST(WhenSent, IsInTurnWithWhatElseWaits) {
  const auto sent = when_sent(DeliveryKind::refund, std::nullopt, true, all_well());
  EXPECT_STREQ(sent.when, "in_turn");
  EXPECT_THAT(sent.text, HasSubstr("waits for Amazon's payment service"));
}

TEST(WhenSent, NamesTheRecordOfItsTripThatIsBeforeIt) {
  const auto sent = when_sent(DeliveryKind::payment_record, 12, true, all_well());
  EXPECT_STREQ(sent.when, "after_record");
  EXPECT_THAT(sent.text, HasSubstr("after record 12 of its trip"));
}

TEST(WhenSent, SaysThatItsDestinationIsProbedAndWhy) {
  auto sync = all_well();
  sync.cloud.open = false;
  sync.cloud.last_error = "the cloud answered 500";
  sync.cloud.next_probe_in = 12'300ms;
  const auto sent = when_sent(DeliveryKind::cart, std::nullopt, true, sync);
  EXPECT_STREQ(sent.when, "after_probe");
  EXPECT_THAT(sent.text, AllOf(HasSubstr("once the cloud accepts records again (the cloud answered "
                                         "500)"),
                               HasSubstr("the next in 13 s")));
  sync.cloud.next_probe_in = 0ms;
  EXPECT_THAT(when_sent(DeliveryKind::cart, std::nullopt, true, sync).text,
              HasSubstr("one right now"));
  EXPECT_STREQ(when_sent(DeliveryKind::refund, std::nullopt, false, sync).when, "now")
      << "another destination";
}

TEST(WhenSent, NamesTheSettingWithoutWhichNothingIsSent) {
  sync::SyncStatus nothing;
  EXPECT_THAT(when_sent(DeliveryKind::cart, std::nullopt, false, nothing).text,
              HasSubstr("once cloud.url is set"));
  auto sync = all_well();
  sync.reports.open = false;
  sync.reports.setting_missing = true;
  sync.reports.last_error = "set jwo.feedback_url";
  const auto sent = when_sent(DeliveryKind::payment_status, std::nullopt, false, sync);
  EXPECT_STREQ(sent.when, "when_configured");
  EXPECT_THAT(sent.text, HasSubstr("set jwo.feedback_url"));
}

}  // namespace
}  // namespace gatehouse::local
