// Refund, hold, release and cancel over the control socket and a real ledger.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/daemon/local/running_local_api.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using nlohmann::json;
using store::SettlementState;
using testing::AllOf;
using testing::HasSubstr;

const std::string refund_id = "11111111-2222-4333-8444-555555555555";

class OperatorTest : public testing::Test {
 protected:
  RunningLocalApi api{good_day().process};

  LocalReply post(const std::string& action, const std::string& body = "") {
    return api.control("POST", "/local/v1/trips/T-1/" + action, body);
  }
  json trip() { return json::parse(api.read("GET", "/local/v1/trips/T-1").body); }
  void take_captured_trip() {
    api.add_trip("T-1");
    ASSERT_EQ(post("charge", R"({"amount":"15.99","code":"USD"})").status, 200U);
    api.move_charge("T-1", SettlementState::adjust_due, SettlementState::captured);
  }
  static std::string refund(const std::string& amount, const std::string& id = "") {
    json body{{"amount", amount}, {"code", "USD"}, {"reason", "OTHER"}};
    if (!id.empty()) body["refundRequestId"] = id;
    return body.dump();
  }
};

TEST_F(OperatorTest, HoldsAChargeWithItsReasonAndReleasesIt) {
  api.add_trip("T-1");
  const auto held = post("hold", R"({"reason":"shopper at the desk"})");
  EXPECT_EQ(held.status, 200U) << held.body;
  EXPECT_EQ(trip()["settlement"]["state"], "held");
  EXPECT_EQ(trip()["settlement"]["heldFrom"], "awaiting_price");
  EXPECT_EQ(trip()["settlement"]["reason"], "held by an operator: shopper at the desk");
  EXPECT_EQ(post("hold").status, 409U);
  EXPECT_EQ(json::parse(post("release").body)["state"], "awaiting_price");
  EXPECT_EQ(trip()["settlement"]["heldFrom"], nullptr);
}

TEST_F(OperatorTest, RefundsInTheNameOfTheStoreThatTheTripCameFrom) {
  take_captured_trip();
  api.add_trip("T-2", milliseconds{0}, "STORE-OLD");
  ASSERT_EQ(api.control("POST", "/local/v1/trips/T-2/charge", R"({"amount":"15.99","code":"USD"})")
                .status,
            200U);
  api.move_charge("T-2", SettlementState::adjust_due, SettlementState::captured);
  EXPECT_EQ(post("refund", refund("1.00")).status, 200U);
  EXPECT_EQ(api.control("POST", "/local/v1/trips/T-2/refund", refund("1.00")).status, 200U);
  EXPECT_THAT(api.payloads_to_amazon(),
              testing::ElementsAre(HasSubstr(R"("storeId":"STORE-7")"),
                                   HasSubstr(R"("storeId":"STORE-OLD")")));
  EXPECT_EQ(trip()["storeId"], nullptr) << "not known of a trip from before it was kept";
  EXPECT_EQ(json::parse(api.read("GET", "/local/v1/trips/T-2").body)["storeId"], "STORE-OLD");
}

TEST_F(OperatorTest, SaysThatAWithheldChargeWaitsOnAfterItsRelease) {
  api.add_trip("T-1");
  ASSERT_EQ(post("charge", R"({"amount":"15.99","code":"USD"})").status, 200U);
  api.lose_history();
  ASSERT_EQ(post("hold").status, 200U);
  const auto refused = post("decide", R"({"decision":"charge","by":"Ann"})");
  EXPECT_EQ(refused.status, 409U);
  EXPECT_THAT(refused.body, HasSubstr("stay withheld"));
  const auto all = api.control("POST", "/local/v1/trips/release", "{}");
  EXPECT_THAT(all.body, HasSubstr("stay withheld"));
  EXPECT_EQ(trip()["settlement"]["state"], "held");
  const json released = json::parse(post("release").body);
  EXPECT_EQ(released["state"], "adjust_due");
  EXPECT_THAT(std::string(released["note"]), HasSubstr("still withheld"));
  EXPECT_EQ(json::parse(post("release", R"({"captured":false})").body).value("note", ""), "");
}

TEST_F(OperatorTest, ConfirmsExactlyThePriceThatIsHeldWithItsReason) {
  api.add_trip("T-1");
  EXPECT_EQ(post("hold").status, 200U);
  EXPECT_EQ(post("release", R"({"confirm":true})").status, 409U) << "there is no price yet";
  ASSERT_EQ(post("charge", R"({"amount":"900.00","code":"USD"})").status, 200U);
  EXPECT_EQ(post("release", R"({"confirm":"yes"})").status, 400U);
  EXPECT_EQ(post("release", R"({"confirm":true,"captured":true})").status, 400U);
  EXPECT_EQ(post("release", R"({"confirm":true,"reason":"a party of forty"})").status, 200U);
  const auto settlement = trip()["settlement"];
  EXPECT_EQ(settlement["state"], "adjust_due");
  EXPECT_EQ(settlement["confirmedAmount"], json({{"amount", "900.00"}, {"code", "USD"}}));
  EXPECT_THAT(std::string(settlement["reason"]), HasSubstr("a party of forty"));
}

TEST_F(OperatorTest, ReplacesAPriceThatIsHeldForItsHeight) {
  api.add_trip("T-1");
  ASSERT_EQ(post("charge", R"({"amount":"1599.00","code":"USD"})").status, 200U);
  EXPECT_EQ(post("charge", R"({"amount":"15.99","code":"USD"})").status, 409U);
  ASSERT_EQ(post("hold").status, 200U);
  const auto replaced = post("charge", R"({"amount":"15.99","code":"USD"})");
  EXPECT_EQ(json::parse(replaced.body)["outcome"], "replaced") << replaced.body;
  EXPECT_EQ(trip()["settlement"]["state"], "held");
  EXPECT_EQ(trip()["settlement"]["amount"]["amount"], "15.99");
  EXPECT_EQ(json::parse(post("release").body)["state"], "adjust_due");
}

TEST_F(OperatorTest, CapturesWhatWasAuthorisedOnlyWhereThatIsWhatItIsHeldFor) {
  api.add_trip("T-1");
  EXPECT_EQ(post("capture-authorised").status, 409U);
  ASSERT_EQ(post("charge", R"({"amount":"15.99","code":"USD"})").status, 200U);
  api.move_charge("T-1", SettlementState::adjust_due, SettlementState::adjust_sent);
  EXPECT_EQ(post("capture-authorised").status, 409U) << "a call is under way";
  api.hold_partly_approved("T-1", Money{500, "USD"});
  const auto captured = post("capture-authorised", R"({"reason":"the rest is paid in cash"})");
  EXPECT_EQ(captured.status, 200U) << captured.body;
  EXPECT_EQ(trip()["settlement"]["state"], "capture_due");
  EXPECT_EQ(trip()["settlement"]["partToCapture"], json({{"amount", "5.00"}, {"code", "USD"}}));
  EXPECT_EQ(trip()["settlement"]["approvedAmount"], json({{"amount", "5.00"}, {"code", "USD"}}));
  EXPECT_THAT(std::string(trip()["settlement"]["reason"]), HasSubstr("paid in cash"));
}

TEST_F(OperatorTest, CancelsAChargeAndRefusesWhatIsFinal) {
  api.add_trip("T-1");
  EXPECT_EQ(json::parse(post("cancel").body)["state"], "cancel_due");
  EXPECT_EQ(post("cancel").status, 409U);
  api.move_charge("T-1", SettlementState::cancel_due, SettlementState::cancelled);
  for (const char* action : {"hold", "release", "cancel"}) {
    const auto refused = post(action);
    EXPECT_EQ(refused.status, 409U) << action;
    EXPECT_THAT(refused.body, HasSubstr("final")) << action;
  }
}

TEST_F(OperatorTest, AsksWhetherACaptureInDoubtHappened) {
  api.add_trip("T-1");
  api.move_charge("T-1", SettlementState::awaiting_price, SettlementState::capture_unknown, true);
  EXPECT_EQ(post("hold").status, 200U);
  EXPECT_THAT(post("release").body, HasSubstr("--captured"));
  EXPECT_EQ(post("cancel").status, 409U);
  EXPECT_EQ(json::parse(post("release", R"({"captured":true})").body)["state"], "details_due");
  EXPECT_EQ(trip()["settlement"]["chargeUnclear"], false);
}

TEST_F(OperatorTest, TakesTheWordOfAPersonAndKeepsTheName) {
  api.add_trip("T-1");
  api.move_charge("T-1", SettlementState::awaiting_price, SettlementState::capture_unknown, true);
  EXPECT_EQ(post("decide", R"({"decision":"charge"})").status, 409U);
  const auto decided = post("decide", R"({"decision":"captured","by":"Ann"})");
  EXPECT_EQ(json::parse(decided.body)["state"], "details_due") << decided.body;
  EXPECT_EQ(trip()["settlement"]["reason"], "decided at the box by Ann: the shopper was charged");
  EXPECT_EQ(trip()["settlement"]["chargeUnclear"], false);
  EXPECT_EQ(json::parse(post("decide", R"({"decision":"captured"})").body)["state"], "details_due")
      << "it is so already";
  for (const char* body : {"", "{}", R"({"decision":"CAPTURED"})", R"({"decision":7})",
                           R"({"decision":"captured","by":7})"}) {
    EXPECT_EQ(post("decide", body).status, 400U) << body;
  }
  EXPECT_EQ(api.control("POST", "/local/v1/trips/T-9/decide", R"({"decision":"charge"})").status,
            404U);
  EXPECT_EQ(api.read("POST", "/local/v1/trips/T-1/decide", R"({"decision":"charge"})").status,
            403U);
}

TEST_F(OperatorTest, SaysThatATripCannotBeReadAndNothingAboutTheTrip) {
  api.add_trip("T-1");
  api.damage("settlement");
  EXPECT_EQ(post("decide", R"({"decision":"written_off"})").status, 503U);
  const auto many = api.control(
      "POST", "/local/v1/trips/decide",
      R"({"decisions":[{"tripId":"T-1","decision":"written_off"},{"tripId":"T-9","decision":"charge"}]})");
  EXPECT_EQ(many.status, 200U) << many.body;
  EXPECT_EQ(json::parse(many.body)["leftOut"].size(), 2U) << "each for itself";
}

TEST_F(OperatorTest, DecidesManyAndSaysWhatEachWordComesTo) {
  for (const char* id : {"T-1", "T-2", "T-3"}) {
    api.add_trip(id);
    const auto charged = api.control("POST", std::string("/local/v1/trips/") + id + "/charge",
                                     R"({"amount":"15.99","code":"USD"})");
    ASSERT_EQ(charged.status, 200U);
  }
  api.move_charge("T-1", SettlementState::adjust_due, SettlementState::capture_unknown, true);
  api.move_charge("T-2", SettlementState::adjust_due, SettlementState::held);
  const std::string list =
      R"("decisions":[{"tripId":"T-1","decision":"not_captured"},{"tripId":"T-2","decision":)"
      R"("written_off","by":"Ann"},{"tripId":"T-3","decision":"charge"},{"tripId":"T-9",)"
      R"("decision":"charge"},{"tripId":"T-2"}])";
  const auto decide = [&](const char* dry_run) {
    return json::parse(
        api.control("POST", "/local/v1/trips/decide", "{" + list + ",\"dryRun\":" + dry_run + "}")
            .body);
  };
  const json would = decide("true");
  EXPECT_EQ(would["decisions"]["written_off"]["amounts"][0]["amount"], "15.99");
  EXPECT_EQ(would["decisions"]["not_captured"]["trips"], 1);
  EXPECT_EQ(would["leftOut"].size(), 3U);
  EXPECT_EQ(would["leftOut"][0]["place"], 2);
  EXPECT_EQ(trip()["settlement"]["state"], "capture_unknown");
  EXPECT_EQ(decide("false")["decisions"], would["decisions"]);
  EXPECT_EQ(trip()["settlement"]["state"], "capture_due");
  const json again = decide("false");
  EXPECT_EQ(again["unchanged"], 1) << again;
  EXPECT_EQ(again["decisions"], json::object());
  EXPECT_EQ(api.control("POST", "/local/v1/trips/decide", "{}").status, 400U);
}

TEST_F(OperatorTest, ReportsHowMuchWasSettledOfWhatHasEnded) {
  api.add_trip("T-1");
  const std::string sum = R"({"amount":"5.00","code":"USD"})";
  ASSERT_EQ(post("charge", R"({"amount":"15.99","code":"USD"})").status, 200U);
  EXPECT_EQ(post("settled", sum).status, 409U) << "it is still open";
  api.move_charge("T-1", SettlementState::adjust_due, SettlementState::declined);
  EXPECT_EQ(post("settled", R"({"amount":"16.00","code":"USD"})").status, 409U);
  EXPECT_EQ(post("settled", sum).status, 200U);
  EXPECT_EQ(post("settled", sum).status, 200U);
  const json deliveries = trip()["deliveries"];
  ASSERT_EQ(deliveries.size(), 3U);
  EXPECT_EQ(deliveries[2]["kind"], "payment_status");
  EXPECT_EQ(trip()["history"].back()["reason"], "5.00 USD settled so far, reported to Amazon");
  EXPECT_EQ(trip()["settlement"]["state"], "declined");
}

TEST_F(OperatorTest, OpensAnExpiredTripAgainWithThePriceThatCameMeanwhile) {
  api.add_trip("T-1");
  api.move_charge("T-1", SettlementState::awaiting_price, SettlementState::expired);
  EXPECT_EQ(post("cancel").status, 409U);
  EXPECT_EQ(post("charge", R"({"amount":"15.99","code":"USD"})").status, 200U);
  EXPECT_EQ(trip()["settlement"]["state"], "expired");
  EXPECT_EQ(json::parse(post("release").body)["state"], "adjust_due");
}

TEST_F(OperatorTest, SaysHowOftenACaptureWasSent) {
  api.add_trip("T-1");
  api.move_charge("T-1", SettlementState::awaiting_price, SettlementState::capture_sent);
  EXPECT_EQ(trip()["settlement"]["capturesSent"], 1);
  EXPECT_EQ(trip()["settlement"]["capturesNotDone"], 0);
}

TEST_F(OperatorTest, RefusesABodyThatItCannotUse) {
  api.add_trip("T-1");
  for (const char* body : {"x", "[]", R"({"reason":7})", "{\"reason\":\"two\\nlines\"}"}) {
    EXPECT_EQ(post("hold", body).status, 400U) << body;
  }
  EXPECT_EQ(post("hold", json{{"reason", std::string(201, 'x')}}.dump()).status, 400U);
  EXPECT_EQ(post("release", R"({"captured":"yes"})").status, 400U);
  EXPECT_EQ(post("release", R"({"captured":true,"captured":false})").status, 400U);
  EXPECT_EQ(trip()["settlement"]["state"], "awaiting_price");
}

TEST_F(OperatorTest, KnowsNothingToDoForAppTripsAndStrangers) {
  api.add_app_trip("T-1");
  EXPECT_EQ(post("hold").status, 409U);
  EXPECT_EQ(api.control("POST", "/local/v1/trips/T-9/hold").status, 404U);
  EXPECT_EQ(api.read("POST", "/local/v1/trips/T-1/hold").status, 403U);
  EXPECT_EQ(api.control("GET", "/local/v1/trips/T-1/refund").allow, "POST");
}

TEST_F(OperatorTest, RefundsOnceByItsRequestId) {
  take_captured_trip();
  const auto first = post("refund", refund("5.00", refund_id));
  EXPECT_EQ(first.status, 200U) << first.body;
  EXPECT_EQ(json::parse(first.body)["outcome"], "recorded");
  EXPECT_EQ(json::parse(post("refund", refund("5.00", refund_id)).body)["outcome"], "identical");
  EXPECT_EQ(post("refund", refund("6.00", refund_id)).status, 409U);
  ASSERT_EQ(trip()["refunds"].size(), 1U);
  EXPECT_EQ(trip()["refunds"][0]["amount"]["amount"], "5.00");
  EXPECT_EQ(trip()["refunds"][0]["state"], "pending");
}

TEST_F(OperatorTest, MakesARequestIdWhereNoneIsGiven) {
  take_captured_trip();
  const auto first = json::parse(post("refund", refund("5.00")).body);
  const auto second = json::parse(post("refund", refund("5.00")).body);
  EXPECT_NE(first["refundRequestId"], second["refundRequestId"]);
  EXPECT_EQ(trip()["refunds"].size(), 2U);
}

TEST_F(OperatorTest, RefundsNoMoreThanWasCaptured) {
  take_captured_trip();
  EXPECT_EQ(post("refund", refund("16.00")).status, 409U);
  EXPECT_EQ(post("refund", refund("15.99")).status, 200U);
  EXPECT_EQ(post("refund", refund("0.01")).status, 409U);
}

TEST_F(OperatorTest, RefundsNothingThatWasNotCaptured) {
  api.add_trip("T-1");
  EXPECT_EQ(post("refund", refund("1.00")).status, 409U);
  EXPECT_EQ(api.control("POST", "/local/v1/trips/T-9/refund", refund("1.00")).status, 404U);
}

TEST_F(OperatorTest, RefundsLaterThanSevenDaysOnlyWhereAPersonSaysSoAgain) {
  api.add_trip("T-1", std::chrono::days(7) + std::chrono::seconds(1));
  ASSERT_EQ(post("charge", R"({"amount":"15.99","code":"USD"})").status, 200U);
  api.move_charge("T-1", SettlementState::adjust_due, SettlementState::captured);
  const auto late = post("refund", refund("1.00", refund_id));
  EXPECT_EQ(late.status, 409U);
  EXPECT_THAT(late.body, AllOf(HasSubstr("jwo.refund_window"), HasSubstr("--confirm")));
  EXPECT_TRUE(trip()["refunds"].empty());
  auto confirmed = json::parse(refund("1.00", refund_id));
  confirmed["confirm"] = "yes";
  EXPECT_EQ(post("refund", confirmed.dump()).status, 400U);
  confirmed["confirm"] = true;
  const auto recorded = json::parse(post("refund", confirmed.dump()).body);
  EXPECT_EQ(recorded["outcome"], "recorded") << recorded;
  EXPECT_THAT(recorded["warning"].get<std::string>(), HasSubstr("Amazon may refuse"));
  // The same request again is none: it needs no second word.
  EXPECT_EQ(json::parse(post("refund", refund("1.00", refund_id)).body)["outcome"], "identical");
}

TEST_F(OperatorTest, RefusesARefundThatIsNone) {
  take_captured_trip();
  for (const auto& body :
       {std::string(), std::string("[]"), std::string(R"({"amount":"1","code":"USD"})"),
        std::string(R"({"amount":"1","code":"USD","reason":"other"})"), refund("0"), refund("-1"),
        refund("1", "11111111-2222-4333-8444-55555555555"),
        refund("1", "AAAAAAAA-2222-4333-8444-555555555555"),
        refund("1", "11111111-2222-6333-8444-555555555555"),
        refund("1", "11111111-2222-4333-c444-555555555555")}) {
    EXPECT_EQ(post("refund", body).status, 400U) << body;
  }
  EXPECT_TRUE(trip()["refunds"].empty());
}

TEST(OperatorWithoutPayments, RefundsNothing) {
  RunningLocalApi api{good_day().process, sync::SettlementMode::none};
  api.add_trip("T-1");
  const auto refused = api.control("POST", "/local/v1/trips/T-1/refund",
                                   R"({"amount":"1","code":"USD","reason":"OTHER"})");
  EXPECT_EQ(refused.status, 409U);
}

TEST(OperatorWithCheckout, PricesATripWithItsCart) {
  RunningLocalApi api{good_day().process, sync::SettlementMode::checkout};
  api.add_trip("T-1");
  const auto charge = [&api](const std::string& body) {
    return api.control("POST", "/local/v1/trips/T-1/charge", body);
  };
  EXPECT_THAT(charge(R"({"amount":"1.00","code":"USD"})").body, HasSubstr("checkoutCart"));
  EXPECT_EQ(charge(R"({"checkoutCart":{"lineItems":[]}})").status, 400U);
  const std::string money = R"({"amount":"1.00","currencyCode":"USD"})";
  const std::string zero = R"({"amount":"0.00","currencyCode":"USD"})";
  const auto priced = charge(R"({"checkoutCart":{"lineItems":[{"unitPrice":{"price":)" + money +
                             R"(,"totalPrice":)" + money + R"(}}],"orderTotals":{"priceTotal":)" +
                             money + R"(,"subTotal":)" + money + R"(,"promotionsTotal":)" + zero +
                             R"(,"salesTaxTotal":)" + zero + "}}}");
  EXPECT_EQ(priced.status, 200U) << priced.body;
  const auto trip = json::parse(api.read("GET", "/local/v1/trips/T-1").body);
  EXPECT_EQ(trip["settlement"]["state"], "checkout_due");
}

}  // namespace
}  // namespace gatehouse::local
