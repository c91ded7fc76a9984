#include "daemon/gate/request/cart_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::gate {
namespace {

using store::Entry;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(PayloadTypes, AreANameAndWhoChargesSuchATrip) {
  EXPECT_THAT(*parse_payload_types({"PALM=card", "BADGE=app", "STAFF_PASS-2=app"}),
              ElementsAre(PayloadType{"PALM", Entry::card}, PayloadType{"BADGE", Entry::app},
                          PayloadType{"STAFF_PASS-2", Entry::app}));
  EXPECT_TRUE(parse_payload_types({})->empty());
}

TEST(PayloadTypes, AreNothingElse) {
  for (const auto* const text : {"PALM", "PALM=", "=card", "PALM=cash", "PALM = card", "PA LM=card",
                                 "PALM=card=app", "", "PALM=CARD"}) {
    const auto parsed = parse_payload_types({text});
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error(), HasSubstr("\"PALM=card\""));
  }
  EXPECT_FALSE(parse_payload_types({std::string(65, 'P') + "=card"}));
}

TEST(PayloadTypes, HaveOneMeaning) {
  EXPECT_THAT(parse_payload_types({"FINANCIAL=app"}).error(),
              HasSubstr("FINANCIAL has another meaning already: it is card"));
  EXPECT_FALSE(parse_payload_types({"SCAN_CODE=card"}));
  EXPECT_FALSE(parse_payload_types({"PALM=card", "PALM=app"}));
  EXPECT_EQ(parse_payload_types({"PALM=card", "PALM=card", "FINANCIAL=card"})->size(), 1U);
}

TEST(PayloadTypes, OfAmazonHoldWhateverIsConfigured) {
  const CartRules none;
  EXPECT_EQ(none.entry_of("FINANCIAL"), Entry::card);
  EXPECT_EQ(none.entry_of("SCAN_CODE"), Entry::app);
  EXPECT_FALSE(none.entry_of("PALM"));
  EXPECT_FALSE(none.entry_of(""));
}

}  // namespace
}  // namespace gatehouse::gate
