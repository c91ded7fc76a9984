// Refund, shopper identity and payment status, by Amazon's test-case titles (services.md 8).

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/simulator/tests/asking.hpp"
#include "tests/simulator/world/amazon/payments.hpp"

namespace gatehouse::simulator {
namespace {

using nlohmann::json;

constexpr auto refund_path = "/v1/refund";
constexpr auto shopper_path = "/v1/identity/shopper";
constexpr auto status_path = "/v1/feedback/payment-status";
const std::string refund_id = "0a1b2c3d-4e5f-4a6b-8c7d-0e1f2a3b4c5d";

json amount(const char* number, const char* code = "USD") {
  return {{"amount", json::parse(number)}, {"code", code}};
}

class PaymentServices : public testing::Test {
 protected:
  void SetUp() override {
    effects.adjusted("t-1", {1599, "USD"}, {1599, "USD"});
    effects.captured("t-1", {1599, "USD"});
  }
  http::Answer post(const std::string& path, const json& body,
                    Verdict verdict = Verdict::approved) {
    return payments.answer(signed_post(path, body.dump(), scope, clock.wall()).request(), verdict);
  }
  static json refund(const std::string& id = refund_id, const char* number = "1.5") {
    return {{"storeId", "STORE-001"},
            {"shoppingTripId", "t-1"},
            {"amount", amount(number)},
            {"refundRequestId", id},
            {"refundReasonCode", "OTHER"}};
  }
  static json report(const char* total, const char* settled) {
    return {{"storeId", "STORE-001"},
            {"shoppingTripId", "t-1"},
            {"totalAmount", amount(total)},
            {"settledAmount", amount(settled)},
            {"paymentStatusTime", 0}};
  }
  void expect_bad(const std::string& path, const json& body,
                  const std::string& name = "BadRequestException") {
    const auto answer = post(path, body);
    EXPECT_EQ(answer.status, 400U) << body;
    EXPECT_EQ(json::parse(answer.body)["errorMsg"], name) << body;
  }

  SystemClock clock;
  Effects effects;
  SigningScope scope{.access_key_id = "AKIDEXAMPLE",
                     .secret_access_key = "secret",
                     .session_token = "",
                     .region = "us-east-1",
                     .service = "execute-api"};
  Payments payments{"STORE-001", scope, clock, effects};
};

TEST_F(PaymentServices, RefundsOncePerRequestId) {
  EXPECT_EQ(post(refund_path, refund()).status, 200U);
  const auto again = post(refund_path, refund());
  EXPECT_EQ(again.status, 200U);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(effects.of_trip("t-1")["payment"]["refunded_minor"], 150);
  EXPECT_EQ(effects.summary()["refunds"], 1);
  EXPECT_EQ(effects.summary()["refunds_repeated"], 1);
  EXPECT_EQ(effects.summary()["sums"]["USD"]["refunded"], "1.50");
}

TEST_F(PaymentServices, RefundsInEitherDocumentedShape) {
  payments.obey({.capture_deduplicates = false, .refund_answer = RefundAnswer::reconciliation_id});
  const auto answer = post(refund_path, refund());
  EXPECT_FALSE(json::parse(answer.body)["reconciliationId"].get<std::string>().empty());
  EXPECT_EQ(post(refund_path, refund()).body, answer.body);
}

TEST_F(PaymentServices, RefusesToRefundMoreThanWasCaptured) {
  expect_bad(refund_path, refund(refund_id, "16"));
  EXPECT_EQ(post(refund_path, refund(refund_id, "10")).status, 200U);
  expect_bad(refund_path, refund("1a1b2c3d-4e5f-4a6b-8c7d-0e1f2a3b4c5d", "6"));
  EXPECT_EQ(effects.summary()["refunds_refused"], 2);
  auto uncaptured = refund();
  uncaptured["shoppingTripId"] = "t-2";
  uncaptured["refundRequestId"] = "2a1b2c3d-4e5f-4a6b-8c7d-0e1f2a3b4c5d";
  expect_bad(refund_path, uncaptured);
}

TEST_F(PaymentServices, RefusesRefundsByAmazonsCases) {
  EXPECT_EQ(post(refund_path, refund(), Verdict::unknown_trip).body,
            R"({"errorMsg":"UnknownShoppingTrip"})");  // case 2
  for (const auto& [name, value] : std::vector<std::pair<std::string, json>>{
           {"storeId", "OTHER"},           // 3
           {"amount", amount("\"1.5\"")},  // 5
           {"amount", amount("1.555")},    // 5, too many decimals
           {"amount", amount("0")},
           {"amount", amount("-1")},
           {"amount", amount("1.5", "usd")},                             // 6
           {"refundRequestId", "0A1B2C3D-4E5F-4A6B-8C7D-0E1F2A3B4C5D"},  // 7
           {"refundRequestId", "0a1b2c3d-4e5f-6a6b-8c7d-0e1f2a3b4c5d"},  // 7, version 6
           {"refundRequestId", "0a1b2c3d-4e5f-4a6b-cc7d-0e1f2a3b4c5d"},  // 7, variant
           {"refundRequestId", "7"},
           {"refundReasonCode", "REGRET"},                // 8
           {"storeId", "INVALID@STORE#ID"},               // 9
           {"shoppingTripId", "a b"},                     // 10
           {"shoppingTripId", std::string(256, 'x')}}) {  // 11
    auto body = refund();
    body[name] = value;
    expect_bad(refund_path, body);
  }
  for (const auto* name :
       {"storeId", "shoppingTripId", "amount", "refundRequestId", "refundReasonCode"}) {
    auto body = refund();
    body.erase(name);  // 4
    expect_bad(refund_path, body);
  }
  EXPECT_EQ(effects.summary()["refunds"], 0);
}

TEST_F(PaymentServices, KnowsAShoppersEmailAndAnswers200ForAStranger) {
  const auto ask_for = [&](const json& id) {
    return post(shopper_path, {{"storeId", "STORE-001"}, {"shopperId", {{"id", id}}}});
  };
  const auto email = json::parse(ask_for("S-1_a.b").body)["shopperEmail"].get<std::string>();
  EXPECT_TRUE(email.ends_with("@example.com"));
  EXPECT_EQ(ask_for("unknown-1").status, 200U);  // case 18
  EXPECT_FALSE(json::parse(ask_for("unknown-1").body).contains("shopperEmail"));
  for (const auto& bad : {json(""), json(" "), json(nullptr), json(7), json("a b"), json("a@b"),
                          json(std::string(256, 'x'))}) {
    EXPECT_EQ(ask_for(bad).status, 400U) << bad;
  }
  expect_bad(shopper_path, {{"storeId", "STORE-001"}});
  expect_bad(shopper_path, {{"storeId", "STORE-001"}, {"shopperId", "S-1"}});
  expect_bad(shopper_path, {{"storeId", "OTHER"}, {"shopperId", {{"id", "S-1"}}}});
}

TEST_F(PaymentServices, TakesReportsOfFullPartialAndNoSettlement) {
  for (const auto* settled : {"15.99", "5", "0"}) {
    EXPECT_EQ(post(status_path, report("15.99", settled)).body, R"({"status":"Accepted"})");
  }
  EXPECT_EQ(post(status_path, report("15.99", "16")).body, R"({"status":"Rejected"})");
  EXPECT_EQ(post(status_path, report("15.99", "15.99"), Verdict::declined).body,
            R"({"status":"Rejected"})");
  const auto told = effects.of_trip("t-1")["report"];
  EXPECT_EQ(told["accepted"], 3);
  EXPECT_EQ(told["rejected"], 2);
  EXPECT_EQ(effects.summary()["status_reports"], 5);
}

TEST_F(PaymentServices, RefusesReportsOfUnknownTripsAndWithoutTheirFields) {
  EXPECT_EQ(post(status_path, report("1", "1"), Verdict::unknown_trip).body,
            R"({"errorMsg":"UnknownShoppingTrip"})");
  for (const auto* name :
       {"storeId", "shoppingTripId", "totalAmount", "settledAmount", "paymentStatusTime"}) {
    auto body = report("1", "1");
    body.erase(name);
    expect_bad(status_path, body);
  }
  auto body = report("1.999", "1");
  expect_bad(status_path, body);
}

TEST_F(PaymentServices, BooksARepeatedCaptureUnlessAmazonKnowsIt) {
  const json capture{
      {"storeId", "STORE-001"}, {"shoppingTripId", "t-1"}, {"amount", amount("15.99")}};
  payments.obey({.capture_deduplicates = true, .refund_answer = RefundAnswer::empty});
  EXPECT_EQ(post("/v1/capture/charge", capture).status, 200U);
  EXPECT_EQ(effects.summary()["captures"], 1);
  EXPECT_EQ(effects.summary()["captures_repeated"], 1);
  payments.obey({});
  EXPECT_EQ(post("/v1/capture/charge", capture).status, 200U);
  EXPECT_EQ(effects.summary()["double_captures"], 1);
}

TEST_F(PaymentServices, AuthorisesHalfWhereTheIssuerGivesNoMore) {
  const json adjust{{"storeId", "STORE-001"}, {"shoppingTripId", "t-9"}, {"amount", amount("10")}};
  EXPECT_EQ(post("/v1/adjust/charge", adjust, Verdict::partial).body,
            R"({"status":"APPROVED","authorizedAmount":{"amount":5.00,"code":"USD"}})");
  EXPECT_EQ(effects.of_trip("t-9")["payment"]["asked_minor"], 1000);
  EXPECT_EQ(effects.of_trip("t-9")["payment"]["authorised_minor"], 500);
}

}  // namespace
}  // namespace gatehouse::simulator
