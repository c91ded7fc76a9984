// The audit of a box that checks out, with what its ledger says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/simulator/audit.hpp"

namespace gatehouse::simulator {
namespace {

using nlohmann::json;
using testing::ElementsAre;

class AuditCheckout : public testing::Test {
 protected:
  AuditCheckout() { believed["card"].amount = Money{1599, "USD"}; }
  AuditResult result() {
    return audit({{.trip_id = "card",
                   .card_entry = true,
                   .acknowledged = true,
                   .purchase_id = "P-1",
                   .charge_minor = 1599,
                   .sent_sha256 = {"a"}}},
                 effects, {.settlement = AuditedSettlement::checkout, .beliefs = &believed});
  }

  Beliefs believed;
  json effects = json::parse(R"({
    "carts": {"card": {"effects":1, "purchase_id":"P-1", "sha256":"a"}},
    "records": {"card": {"effects":1, "status":"EXPIRED"}},
    "checkouts": {"card": {"effects":1, "total_minor":1599, "currency":"USD"}}})");
};

TEST_F(AuditCheckout, FindsATripThatIsExpiredOrWrittenOffAndWasCheckedOut) {
  for (const std::string state : {"expired", "written_off"}) {
    believed["card"].settlement = state;
    EXPECT_THAT(
        result().differences,
        ElementsAre(Difference{"card", "the ledger says " + state + ", the truth is checked out"}));
  }
}

TEST_F(AuditCheckout, LetsAHeldTripBeCheckedOutOnceOrNot) {
  believed["card"].settlement = "held";
  EXPECT_TRUE(result().clean()) << result().table();
  EXPECT_EQ(result().held, 1U);
  believed["card"].settlement = "expired";
  believed["card"].is_unclear = true;
  EXPECT_TRUE(result().clean()) << "the ledger says that it may be";
  effects["checkouts"]["card"]["effects"] = 2;
  EXPECT_THAT(result().differences, ElementsAre(Difference{"card", "checked out 2 times"}));
}

TEST_F(AuditCheckout, WantsTheRecordOfATripThatHasExpired) {
  believed["card"].settlement = "expired";
  effects["checkouts"].erase("card");
  EXPECT_TRUE(result().clean()) << result().table();
  effects["records"].erase("card");
  EXPECT_THAT(result().differences,
              ElementsAre(Difference{"card", "0 payment records, expected 1"}));
}

}  // namespace
}  // namespace gatehouse::simulator
