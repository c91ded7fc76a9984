// What a person can do to a charge, a refund, and the checkout service.
#include <gmock/gmock.h>

#include "tests/sync/amazon/settler_fixture.hpp"

namespace gatehouse::sync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class SettlerOperator : public SettlerTest {
 protected:
  /// A trip whose capture had no clear answer, and which is held for that.
  void hold_in_doubt(const std::string& trip_id, bool happened) {
    options.jwo.reconciliation_means_captured = false;
    start();
    take_trip(trip_id);
    Fate fate{.replied_after = 10s, .reply = simulation::no_answer()};
    if (!happened) fate.arrives_after = std::nullopt;
    first("/capture/charge", fate);
    ASSERT_TRUE(reaches(trip_id, State::held));
  }
  static store::NewRefund refund(const std::string& request_id, std::int64_t minor) {
    store::NewRefund made{.trip_id = "T1",
                          .request_id = request_id,
                          .amount = Money{minor, "USD"},
                          .reason = store::RefundReason::other};
    made.payload = refund_request("STORE-001", made);
    return made;
  }
};

TEST_F(SettlerOperator, GoesOnWithAHeldChargeOnceItIsReleased) {
  start();
  take_trip("T1");
  box->act("T1", OperatorAction::hold);
  EXPECT_FALSE(reaches("T1", State::captured, 10min));
  EXPECT_EQ(amazon.account("T1").adjusts, 0);
  box->act("T1", OperatorAction::release);
  EXPECT_TRUE(reaches("T1", State::captured));
}

TEST_F(SettlerOperator, TakesTheChargeInDoubtAsMadeWhereAPersonSaysSo) {
  hold_in_doubt("T1", true);
  EXPECT_ANY_THROW(box->act("T1", OperatorAction::release)) << "the doubt must be cleared up";
  EXPECT_ANY_THROW(box->act("T1", OperatorAction::cancel))
      << "never after a capture that may have happened";
  box->act("T1", OperatorAction::release_captured);
  ASSERT_TRUE(reaches("T1", State::captured));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
  EXPECT_THAT(box->trip("T1").deliveries, SizeIs(3)) << "the question and the payment record";
}

TEST_F(SettlerOperator, MakesTheChargeInDoubtWhereAPersonSaysThatItIsMissing) {
  hold_in_doubt("T1", false);
  EXPECT_TRUE(amazon.account("T1").captures.empty());
  box->act("T1", OperatorAction::release_not_captured);
  ASSERT_TRUE(reaches("T1", State::captured));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
}

TEST_F(SettlerOperator, CancelsWhatWasNeverCaptured) {
  start();
  take_trip("T1", State::awaiting_price);
  box->act("T1", OperatorAction::cancel);
  ASSERT_TRUE(reaches("T1", State::cancelled));
  EXPECT_EQ(amazon.account("T1").cancels, 1);
  EXPECT_TRUE(amazon.account("T1").captures.empty());
}

TEST_F(SettlerOperator, TellsTheCloudAgainWhereATripThatEndedUnpaidWasChargedAfterAll) {
  start();
  take_trip("T1");
  plans["T1"].declined = true;
  ASSERT_TRUE(reaches("T1", State::declined, 5s));
  box->act("T1", OperatorAction::release_captured);
  ASSERT_TRUE(reaches("T1", State::captured, 5s));
  EXPECT_TRUE(amazon.account("T1").captures.empty()) << "no call but for the card's data";
  EXPECT_THAT(box->trip("T1").deliveries, SizeIs(3)) << "DECLINED, and then CAPTURED";
}

TEST_F(SettlerOperator, RefundsOnceHoweverOftenTheCallIsRepeated) {
  start();
  take_trip("T1");
  ASSERT_TRUE(reaches("T1", State::captured));
  first("/v1/refund", {.replied_after = 10s, .reply = simulation::no_answer()});
  EXPECT_EQ(box->refund(refund("11111111-2222-4333-8444-555555555555", 500)),
            store::RefundOutcome::recorded);
  ASSERT_TRUE(run(5min, [this] { return box->trip("T1").deliveries.size() == 4; }));
  EXPECT_EQ(amazon.account("T1").refund_calls, 2);
  EXPECT_THAT(amazon.account("T1").refunds,
              ElementsAre(std::pair("11111111-2222-4333-8444-555555555555", "5.00")));
  EXPECT_EQ(box->trip("T1").deliveries[3].kind, store::DeliveryKind::refund_record);
}

TEST_F(SettlerOperator, SetsAsideARefundThatAmazonRefuses) {
  start();
  take_trip("T1");
  ASSERT_TRUE(reaches("T1", State::captured));
  first("/v1/refund", instead(simulation::answer(400, R"({"errorMsg":"BadRequestException"})")));
  box->refund(refund("11111111-2222-4333-8444-555555555555", 1599));
  ASSERT_TRUE(run(1min, [this] { return box->counts().set_aside == 1; }));
  EXPECT_EQ(box->refund(refund("21111111-2222-4333-8444-555555555555", 1000)),
            store::RefundOutcome::recorded)
      << "what was set aside does not count";
}

class SettlerEmail : public SettlerTest {
 protected:
  SettlerEmail() { options.jwo.shopper_email = true; }
  std::string store_id;
  void take_trip_of(const std::string& trip_id, const std::string& shopper,
                    const std::string& more = "") {
    auto& cart = plans[trip_id].cart;
    cart = {.trip_id = trip_id,
            .purchase_id = "p-" + trip_id,
            .entry = store::Entry::card,
            .started_at = schedule.wall(),
            .received_at = schedule.wall(),
            .body = R"({"shopperIdentity":{"id":")" + shopper + "\"}" + more + "}",
            .first_settlement = State::awaiting_price,
            .store_id = store_id};
    box->take_cart(cart);
    box->price(trip_id, Money{1599, "USD"});
  }
};

TEST_F(SettlerEmail, NamesTheStoreThatTheTripCameFromInEveryCallAndRecord) {
  options.jwo.report_payment_status = true;
  options.jwo.feedback_url = "https://feedback.test";
  start();
  amazon.shoppers["S-1"] = "zoe@example.com";
  store_id = "STORE-OLD";
  take_trip_of("T1", "S-1");
  ASSERT_TRUE(reaches("T1", State::captured));
  ASSERT_TRUE(run(1min, [this] { return !amazon.account("T1").reports.empty(); }));
  EXPECT_THAT(amazon.account("T1").stores, ElementsAre("STORE-OLD"));
  EXPECT_THAT(amazon.stores_of_shoppers, ElementsAre("STORE-OLD"));
  EXPECT_EQ(settlement("T1").store_id, "STORE-OLD");
  EXPECT_THAT(box->payment_record("T1"), HasSubstr(R"("storeId":"STORE-OLD")"));
}

TEST_F(SettlerEmail, PutsTheAddressOfAShopperWhoLeftOneIntoTheRecord) {
  start();
  amazon.shoppers["S-1"] = "zoe@example.com";
  take_trip_of("T1", "S-1");
  take_trip_of("T2", "nobody");
  ASSERT_TRUE(reaches("T1", State::captured));
  ASSERT_TRUE(reaches("T2", State::captured));
  EXPECT_THAT(box->payment_record("T1"), HasSubstr(R"("shopperEmail":"zoe@example.com")"));
  EXPECT_THAT(box->payment_record("T1"), HasSubstr("reconciliationId"));
  EXPECT_THAT(box->payment_record("T2"), testing::Not(HasSubstr("shopperEmail")));
}

TEST_F(SettlerEmail, IsAskedForOfTheFirstShopperInACartThatSaysSomethingTwiceAsAtTheGate) {
  start();
  amazon.shoppers["S-1"] = "zoe@example.com";
  take_trip_of("T1", "S-1", R"(,"note":{"a":1,"a":2})");
  take_trip_of("T2", "S-1", R"(,"shopperIdentity":{"id":"nobody"})");
  for (const char* trip : {"T1", "T2"}) {
    ASSERT_TRUE(reaches(trip, State::captured));
    EXPECT_THAT(box->payment_record(trip), HasSubstr("zoe@example.com"));
  }
}

TEST_F(SettlerEmail, IsNotWaitedForWhereTheTimeOfOneAnswerIsOff) {
  start();
  amazon.shoppers["S-1"] = "zoe@example.com";
  Fate off = instead(simulation::answer(403, R"({"message":"Forbidden"})"));
  off.reply->clock_ahead = 6min;
  all("/v1/identity/shopper", off);
  take_trip_of("T1", "S-1");
  EXPECT_TRUE(reaches("T1", State::captured, 2min)) << "the details came by the same clock";
}

TEST_F(SettlerEmail, AsksAgainAfterNoAnswerAndGoesWithoutARefusedOne) {
  start();
  amazon.shoppers["S-1"] = "zoe@example.com";
  first("/v1/identity/shopper", {.replied_after = 10s, .reply = simulation::no_answer()});
  take_trip_of("T1", "S-1");
  ASSERT_TRUE(reaches("T1", State::captured));
  EXPECT_THAT(box->payment_record("T1"), HasSubstr("shopperEmail"));
  all("/v1/identity/shopper", instead(simulation::answer(400, R"({"errorMsg":"Bad"})")));
  take_trip_of("T2", "S-1");
  ASSERT_TRUE(reaches("T2", State::captured));
  EXPECT_THAT(box->payment_record("T2"), testing::Not(HasSubstr("shopperEmail")));
  EXPECT_EQ(amazon.account("T1").captures.size(), 1U);
}

TEST_F(SettlerEmail, AsksNobodyUnlessItIsToldTo) {
  options.jwo.shopper_email = false;
  start();
  amazon.shoppers["S-1"] = "zoe@example.com";
  take_trip_of("T1", "S-1");
  ASSERT_TRUE(reaches("T1", State::captured));
  EXPECT_THAT(box->payment_record("T1"), testing::Not(HasSubstr("shopperEmail")));
}

class SettlerCheckout : public SettlerOperator {
 protected:
  SettlerCheckout() { options.jwo.settlement = SettlementMode::checkout; }
  void check_out(const std::string& trip_id) {
    take_trip(trip_id, State::awaiting_price);
    box->price(trip_id, Money{99, "USD"},
               R"({"idempotentShoppingTripId":")" + trip_id + R"(","lineItems":[]})");
  }
};

TEST_F(SettlerCheckout, SendsThePricedCartOnceAndTellsTheCloudItsOrder) {
  start();
  check_out("T1");
  ASSERT_TRUE(reaches("T1", State::checked_out, 1s));
  EXPECT_THAT(amazon.account("T1").checkouts,
              ElementsAre(R"({"idempotentShoppingTripId":"T1","lineItems":[]})"));
  EXPECT_THAT(box->trip("T1").deliveries, SizeIs(2));
  EXPECT_EQ(box->counts().checked_out, 1);
}

TEST_F(SettlerCheckout, SendsTheSameCartAgainAfterACrashOrNoAnswer) {
  start();
  check_out("T1");
  ASSERT_TRUE(reaches("T1", State::checkout_sent, 1s));
  box->crash();
  box->start();
  EXPECT_EQ(settlement("T1").state, State::checkout_due);
  first("/v1/checkout/carts", {.replied_after = 10s, .reply = simulation::no_answer()});
  ASSERT_TRUE(reaches("T1", State::checked_out));
  const auto sent = amazon.account("T1").checkouts;
  ASSERT_FALSE(sent.empty());
  EXPECT_THAT(sent, testing::Each(sent.front()));
}

TEST_F(SettlerCheckout, HoldsACartThatAmazonFindsInconsistent) {
  start();
  check_out("T1");
  first("/v1/checkout/carts",
        instead(simulation::answer(400, R"({"errorMsg":"CartContentValidationFailed"})")));
  ASSERT_TRUE(reaches("T1", State::held, 1s));
  EXPECT_THAT(settlement("T1").reason, HasSubstr("CartContentValidationFailed"));
  box->act("T1", OperatorAction::release);
  EXPECT_TRUE(reaches("T1", State::checked_out));
}

}  // namespace
}  // namespace gatehouse::sync
