// How much is charged, and how often it is asked for.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/sync/amazon/settler_fixture.hpp"

namespace gatehouse::sync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SettlerAmounts : public SettlerTest {
 protected:
  void approve(std::string_view amount, std::string_view code = "USD") {
    all("/adjust/charge",
        instead(simulation::answer(200, fmt::format(R"({{"status":"APPROVED","authorizedAmount":)"
                                                    R"({{"amount":{},"code":"{}"}}}})",
                                                    amount, code))));
  }
  void hold_partly_approved(std::string_view amount = "5.00", std::string_view code = "USD") {
    start();
    take_trip("T1");
    approve(amount, code);
    ASSERT_TRUE(reaches("T1", State::held, 1s));
    ASSERT_THAT(amazon.account("T1").captures, IsEmpty());
  }
};

TEST_F(SettlerAmounts, HoldsAPriceAboveTheLimitBeforeAnythingLeaves) {
  options.jwo.charge_limit = {"USD", "15.98"};
  start();
  take_trip("T1");
  ASSERT_TRUE(reaches("T1", State::held, 1s));
  EXPECT_THAT(settlement("T1").reason, HasSubstr("jwo.charge_max (15.98 USD)"));
  EXPECT_EQ(settlement("T1").held_from, State::adjust_due);
  EXPECT_EQ(amazon.account("T1").adjusts, 0);
}

TEST_F(SettlerAmounts, HoldsAPriceInAnotherCurrencyAndOneWithThreeDecimals) {
  options.jwo.charge_limit = {"USD", ""};
  start();
  take_trip("T1", State::adjust_due, Money{1599, "EUR"});
  ASSERT_TRUE(reaches("T1", State::held, 1s));
  EXPECT_THAT(settlement("T1").reason, HasSubstr("store.currency is USD"));
  options.jwo.charge_limit = {"KWD", ""};
  box->settler().reload(options.jwo, options.aws);
  take_trip("T2", State::adjust_due, Money{1599, "KWD"});
  ASSERT_TRUE(reaches("T2", State::held, 1s));
  EXPECT_THAT(settlement("T2").reason, HasSubstr("3 decimals"));
}

TEST_F(SettlerAmounts, ChargesExactlyThePriceThatAPersonConfirmed) {
  options.jwo.charge_limit = {"USD", "15.98"};
  start();
  take_trip("T1");
  ASSERT_TRUE(reaches("T1", State::held, 1s));
  box->act("T1", OperatorAction::release);
  ASSERT_TRUE(reaches("T1", State::adjust_due, 1s) || reaches("T1", State::held, 1s));
  ASSERT_TRUE(reaches("T1", State::held, 1s)) << "nobody confirmed it";
  EXPECT_EQ(amazon.account("T1").adjusts, 0);
  box->act("T1", OperatorAction::release_confirmed);
  ASSERT_TRUE(reaches("T1", State::captured, 1s));
  EXPECT_EQ(settlement("T1").confirmed, (Money{1599, "USD"}));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
}

TEST_F(SettlerAmounts, ChecksTheLimitAgainBeforeACapture) {
  start();
  take_trip("T1");
  first("/capture/charge", instead(simulation::answer(429)));
  ASSERT_TRUE(reaches("T1", State::capture_due, 1s));
  options.jwo.charge_limit = {"USD", "15.00"};
  box->settler().reload(options.jwo, options.aws);
  ASSERT_TRUE(reaches("T1", State::held, 20min));
  EXPECT_EQ(settlement("T1").held_from, State::capture_due);
  EXPECT_THAT(amazon.account("T1").captures, IsEmpty());
  box->act("T1", OperatorAction::release_confirmed);
  ASSERT_TRUE(reaches("T1", State::captured, 1s));
  EXPECT_EQ(amazon.account("T1").adjusts, 1) << "it goes on where it was";
}

TEST_F(SettlerAmounts, ChecksALimitThatCameWhileTheAdjustWasOnItsWay) {
  start();
  take_trip("T1");
  first("/adjust/charge", {.replied_after = 10s});
  ASSERT_TRUE(reaches("T1", State::adjust_sent, 1s));
  options.jwo.charge_limit = {"USD", "15.00"};
  box->settler().reload(options.jwo, options.aws);
  ASSERT_TRUE(reaches("T1", State::held, 1min));
  EXPECT_THAT(amazon.account("T1").captures, IsEmpty());
}

TEST_F(SettlerAmounts, HoldsACheckoutAboveTheLimit) {
  options.jwo.settlement = SettlementMode::checkout;
  options.jwo.charge_limit = {"USD", "0.98"};
  start();
  take_trip("T1", State::awaiting_price);
  box->price("T1", Money{99, "USD"}, R"({"idempotentShoppingTripId":"T1","lineItems":[]})");
  ASSERT_TRUE(reaches("T1", State::held, 1s));
  EXPECT_THAT(amazon.account("T1").checkouts, IsEmpty());
  box->act("T1", OperatorAction::release_confirmed);
  ASSERT_TRUE(reaches("T1", State::checked_out, 1s));
}

TEST_F(SettlerAmounts, KeepsWhatAmazonApprovedLast) {
  start();
  take_trip("T1");
  approve("20.00");
  ASSERT_TRUE(reaches("T1", State::captured, 1s));
  EXPECT_EQ(settlement("T1").approved, (Money{2000, "USD"}));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99")) << "the price, and no more";
}

TEST_F(SettlerAmounts, HoldsAPartialApprovalUntilAPersonCapturesThatPart) {
  hold_partly_approved();
  EXPECT_THAT(settlement("T1").reason, HasSubstr("5.00 USD"));
  EXPECT_EQ(settlement("T1").approved, (Money{500, "USD"}));
  box->act("T1", OperatorAction::capture_authorised);
  ASSERT_TRUE(reaches("T1", State::captured, 1s));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("5.00"));
  EXPECT_THAT(box->payment_record("T1"),
              HasSubstr(R"("amount":{"amount":"15.99","code":"USD"},)"
                        R"("settledAmount":{"amount":"5.00","code":"USD"})"));
}

TEST_F(SettlerAmounts, CapturesAPartByItselfWhereTheStoreChoseSo) {
  options.jwo.partial_approval = PartialApproval::capture;
  options.jwo.report_payment_status = true;
  options.jwo.feedback_url = options.jwo.payments_url;
  start();
  take_trip("T1");
  approve("5.00");
  ASSERT_TRUE(reaches("T1", State::captured, 1s));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("5.00"));
  ASSERT_TRUE(run(1min, [this] { return !amazon.account("T1").reports.empty(); }));
  EXPECT_THAT(amazon.account("T1").reports.front(),
              HasSubstr(R"("totalAmount":{"amount":15.99,"code":"USD"},)"
                        R"("settledAmount":{"amount":5.00,"code":"USD"})"));
}

TEST_F(SettlerAmounts, RefundsNoMoreThanThePartThatWasCaptured) {
  hold_partly_approved();
  box->act("T1", OperatorAction::capture_authorised);
  ASSERT_TRUE(reaches("T1", State::captured, 1s));
  store::NewRefund refund{.trip_id = "T1",
                          .request_id = "11111111-2222-4333-8444-555555555555",
                          .amount = Money{501, "USD"},
                          .reason = store::RefundReason::other};
  EXPECT_EQ(box->refund(refund), store::RefundOutcome::too_much);
  refund.amount = Money{500, "USD"};
  EXPECT_EQ(box->refund(refund), store::RefundOutcome::recorded);
}

TEST_F(SettlerAmounts, AsksForTheWholePriceAgainWhereAPersonReleasesAPartialApproval) {
  hold_partly_approved();
  all("/nowhere", Fate{});
  box->act("T1", OperatorAction::release);
  ASSERT_TRUE(reaches("T1", State::captured, 1s));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
  EXPECT_EQ(settlement("T1").part, std::nullopt);
}

TEST_F(SettlerAmounts, NeverCapturesAPartThatIsNoneOfThePrice) {
  options.jwo.partial_approval = PartialApproval::capture;
  for (const auto& [amount, code] :
       {std::pair("20.00", "EUR"), std::pair("0", "USD"), std::pair("-5.00", "USD"),
        std::pair("\"five\"", "USD"), std::pair("5.001", "USD")}) {
    box.reset();
    hold_partly_approved(amount, code);
    EXPECT_ANY_THROW(box->act("T1", OperatorAction::capture_authorised)) << amount;
  }
}

TEST_F(SettlerAmounts, HoldsAnEmptyCartThatAFullOneFollowsWhileItsCancelCannotLeave) {
  start();
  all("/cancel/charge", instead(simulation::not_sent()));
  take_trip("T1", State::cancel_due);
  ASSERT_TRUE(reaches("T1", State::cancel_sent, 1s));
  auto full = plans["T1"].cart;
  full.purchase_id = "p-T1";
  full.body = R"({"items":1})";
  box->take_cart(full);
  ASSERT_TRUE(reaches("T1", State::held, 20min));
  EXPECT_EQ(amazon.account("T1").cancels, 0);
  box->price("T1", Money{1599, "USD"});
  box->act("T1", OperatorAction::release);
  ASSERT_TRUE(reaches("T1", State::captured, 20min));
  EXPECT_THAT(amazon.account("T1").captures, ElementsAre("15.99"));
  EXPECT_EQ(amazon.account("T1").cancels, 0);
}

TEST_F(SettlerAmounts, CancelsAnEmptyCartThatAFullOneFollowedWhereAPersonSaysSo) {
  start();
  all("/cancel/charge", instead(simulation::not_sent()));
  take_trip("T1", State::cancel_due);
  auto full = plans["T1"].cart;
  full.purchase_id = "p-T1";
  full.body = R"({"items":1})";
  box->take_cart(full);
  ASSERT_EQ(settlement("T1").state, State::held);
  all("/nowhere", Fate{});
  EXPECT_ANY_THROW(box->act("T1", OperatorAction::release)) << "that would cancel it, too";
  box->act("T1", OperatorAction::cancel);
  ASSERT_TRUE(reaches("T1", State::cancelled, 20min));
}

TEST_F(SettlerAmounts, HoldsAChargeThatIsStillPendingAfterTenCalls) {
  start();
  take_trip("T1");
  plans["T1"].pending_answers = 1'000;
  ASSERT_FALSE(reaches("T1", State::held, 4h));
  ASSERT_TRUE(reaches("T1", State::held, 20min));
  EXPECT_EQ(amazon.account("T1").adjusts, 10);
  EXPECT_THAT(settlement("T1").reason, HasSubstr("no decision after 10 calls"));
  box->act("T1", OperatorAction::release);
  ASSERT_TRUE(reaches("T1", State::held, 5h));
  EXPECT_EQ(amazon.account("T1").adjusts, 20) << "and ten more where a person wants them";
}

TEST_F(SettlerAmounts, ForgetsNoAdjustOverRestarts) {
  start();
  take_trip("T1");
  plans["T1"].pending_answers = 1'000;
  for (int starts = 0; starts < 30 && settlement("T1").state != State::held; ++starts) {
    ASSERT_TRUE(run(5h, [this] {
      return settlement("T1").state == State::adjust_sent || settlement("T1").state == State::held;
    }));
    box->crash();
    box->start();
  }
  EXPECT_EQ(settlement("T1").state, State::held);
  EXPECT_EQ(settlement("T1").adjusts_sent, 10);
}

TEST_F(SettlerAmounts, CountsNoAdjustThatFailed) {
  start();
  take_trip("T1");
  all("/adjust/charge", instead(simulation::answer(503)));
  ASSERT_FALSE(reaches("T1", State::held, 6h)) << "an outage is nobody's indecision";
  EXPECT_GT(settlement("T1").adjusts_sent, 20);
  all("/nowhere", Fate{});
  plans["T1"].pending_answers = 1;
  ASSERT_TRUE(reaches("T1", State::captured, 1h));
}

}  // namespace
}  // namespace gatehouse::sync
