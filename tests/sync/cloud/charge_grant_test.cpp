#include "sync/cloud/charge_grant.hpp"

#include <gtest/gtest.h>

#include "sync/cloud/cloud_lane.hpp"

namespace gatehouse::sync {
namespace {

store::DeliveryAttempt taken(const std::string& answer, CloudOptions options = {}) {
  const CloudLane lane("STORE-001", std::move(options), SettlementMode::payment);
  store::Delivery cart;
  cart.trip_id = "trip-1";
  cart.purchase_id = "purchase-1";
  store::DeliveryAttempt attempt;
  attempt.at = from_unix_ms(1'746'144'318'007);
  Reply reply;
  reply.status = 201;
  reply.body = answer;
  lane.take_answer(cart, reply, attempt);
  return attempt;
}

TEST(ChargeGrant, IsTheLedgerThatThePriceNames) {
  const auto attempt = taken(R"({"charge":{"amount":"15.99","code":"USD","ledger":"an-id.2"}})");
  EXPECT_EQ(attempt.charge, (Money{1599, "USD"}));
  EXPECT_EQ(attempt.grant.ledger, "an-id.2");
  EXPECT_FALSE(attempt.grant.required);
  EXPECT_EQ(taken(R"({"charge":{"amount":"15.99","code":"USD"},"ledger":"an-id.2"})").grant.ledger,
            "")
      << "in the price, and nowhere else";
}

TEST(ChargeGrant, StandsBesideTheCartForTheCheckoutService) {
  const std::string answer = R"({"checkoutCart":{"ledger":"no"},"ledger":"an-id.2"})";
  EXPECT_EQ(grant_in(answer, GrantPlace::beside_checkout_cart)->ledger, "an-id.2");
}

TEST(ChargeGrant, MayBeLeftUnsaid) {
  for (const char* body :
       {"", "OK", "{}", R"({"charge":{"amount":"1.00","code":"USD"}})",
        R"({"charge":{"amount":"1.00","code":"USD","ledger":null},"settledElsewhere":null})",
        R"({"charge":{"amount":"1.00","code":"USD","ledger":""}})"}) {
    const auto grant = grant_in(body, GrantPlace::charge);
    ASSERT_TRUE(grant) << body;
    EXPECT_EQ(grant->ledger, "") << body;
    EXPECT_FALSE(grant->settled_elsewhere) << body;
  }
}

TEST(ChargeGrant, LetsNothingBeChargedWhereItCannotBeMeant) {
  for (const char* body : {R"({"charge":{"amount":"1.00","code":"USD","ledger":7}})",
                           R"({"charge":{"amount":"1.00","code":"USD","ledger":["a.1"]}})",
                           R"({"charge":{"amount":"1.00","code":"USD","ledger":"a\n.1"}})",
                           R"({"charge":{"amount":"1.00","code":"USD"},"settledElsewhere":"true"})",
                           R"({"charge":{"amount":"1.00","code":"USD"},"settledElsewhere":1})"}) {
    const auto attempt = taken(body);
    EXPECT_FALSE(attempt.charge) << body;
    EXPECT_NE(attempt.reason.find("cannot be used"), std::string::npos) << attempt.reason;
  }
}

TEST(ChargeGrant, IsRequiredWhereTheConfigurationSaysSo) {
  CloudOptions options;
  options.grant = GrantRule::required;
  EXPECT_TRUE(taken(R"({"charge":{"amount":"1.00","code":"USD"}})", options).grant.required);
}

TEST(ChargeGrant, ComesWithTheRecordThatEndsATripThatWasSettledElsewhere) {
  const auto attempt =
      taken(R"({"charge":{"amount":"15.99","code":"USD"},"settledElsewhere":true})");
  EXPECT_EQ(attempt.grant.settled_elsewhere, true);
  EXPECT_EQ(attempt.grant.record,
            R"({"tripId":"trip-1","purchaseId":"purchase-1","storeId":"STORE-001",)"
            R"("status":"SETTLED_ELSEWHERE","amount":{"amount":"15.99","code":"USD"},)"
            R"("settledAt":"2025-05-02T00:05:18.007Z"})");
  const auto unusable = taken(R"({"charge":{"amount":"9,99"},"settledElsewhere":true})");
  EXPECT_FALSE(unusable.grant.record.empty());
  EXPECT_EQ(taken(R"({"settledElsewhere":false})").grant.settled_elsewhere, false);
}

}  // namespace
}  // namespace gatehouse::sync
