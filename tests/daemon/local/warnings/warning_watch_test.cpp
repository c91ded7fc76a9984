#include "daemon/local/warnings/warning_watch.hpp"

#include <gtest/gtest.h>

namespace gatehouse::local {
namespace {

const Warning near{"charge_deadline_near", Severity::critical, "5 h left"};
const Warning slow{"deliveries_late", Severity::warning, "3 wait"};

TEST(WarningWatch, TellsEachWarningOnceAndWhenItHasGone) {
  WarningWatch watch;
  const auto first = watch.look({near, slow});
  ASSERT_EQ(first.size(), 2U);
  EXPECT_FALSE(first[0].gone);
  EXPECT_EQ(first[0].warning.code, near.code);
  EXPECT_TRUE(watch.look({near, slow}).empty());
  const auto gone = watch.look({near});
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_TRUE(gone[0].gone);
  EXPECT_EQ(gone[0].warning.code, slow.code);
  EXPECT_EQ(watch.look({near, slow}).size(), 1U) << "it came back";
}

TEST(WarningWatch, TellsItAgainWhenItBecomesWorse) {
  WarningWatch watch;
  (void)watch.look({slow});
  Warning worse = slow;
  worse.severity = Severity::critical;
  EXPECT_EQ(watch.look({worse}).size(), 1U);
  EXPECT_TRUE(watch.look({slow}).empty()) << "better is no news";
}

TEST(WarningWatch, LeavesOutWhatOnlyChangesItsNumbers) {
  WarningWatch watch;
  (void)watch.look({slow});
  Warning more = slow;
  more.text = "4 wait";
  EXPECT_TRUE(watch.look({more}).empty());
}

TEST(WarningWatch, TellsWarningsOfOneCodeApartByWhatTheyAreAbout) {
  const Warning gate{"certificate_expiring", Severity::warning, "in 9 d", "gate.tls_certificate"};
  const Warning cloud{"certificate_expiring", Severity::warning, "in 8 d", "cloud.ca_file"};
  WarningWatch watch;
  EXPECT_EQ(watch.look({gate, cloud}).size(), 2U);
  EXPECT_TRUE(watch.look({gate, cloud}).empty());
  const auto gone = watch.look({cloud});
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0].warning.about, gate.about);
}

TEST(WarningWatch, LeavesNoticesAndTheConfigurationToOthers) {
  WarningWatch watch;
  EXPECT_TRUE(watch
                  .look({{"differing_carts", Severity::notice, "2"},
                         {"configuration", Severity::warning, "store.id"}})
                  .empty());
}

}  // namespace
}  // namespace gatehouse::local
