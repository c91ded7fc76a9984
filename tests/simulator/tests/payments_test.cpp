#include "tests/simulator/world/amazon/payments.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/simulator/tests/asking.hpp"

namespace gatehouse::simulator {
namespace {

using nlohmann::json;

constexpr auto adjust_path = "/v1/adjust/charge";
constexpr auto capture_path = "/v1/capture/charge";
constexpr auto cancel_path = "/v1/cancel/charge";
constexpr auto data_path = "/v1/payment/transactional-data";

std::string call(const std::string& trip_id, const std::string& amount) {
  return R"({"storeId":"STORE-001","shoppingTripId":")" + trip_id + R"(","amount":{"amount":)" +
         amount + R"(,"code":"USD"}})";
}

class PaymentsTest : public testing::Test {
 protected:
  http::Answer post(const std::string& path, const std::string& body,
                    Verdict verdict = Verdict::approved) {
    const auto asked = signed_post(path, body, scope, clock.wall());
    return payments.answer(asked.request(), verdict);
  }
  std::int64_t count(const char* name) { return effects.summary()[name].get<std::int64_t>(); }

  SystemClock clock;
  Effects effects;
  SigningScope scope{.access_key_id = "AKIDEXAMPLE",
                     .secret_access_key = "secret",
                     .session_token = "token",
                     .region = "us-east-1",
                     .service = "execute-api"};
  Payments payments{"STORE-001", scope, clock, effects};
};

TEST_F(PaymentsTest, ApprovesAnAdjustWithTheSameAmount) {
  const auto answer = post(adjust_path, call("t-1", "15.99"));
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body,
            R"({"status":"APPROVED","authorizedAmount":{"amount":15.99,"code":"USD"}})");
  EXPECT_EQ(effects.of_trip("t-1")["payment"]["authorised_minor"], 1599);
}

TEST_F(PaymentsTest, DeclinesWithHttp200AndNothingAuthorised) {
  const auto answer = post(adjust_path, call("t-1", "999999.99"));
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(json::parse(answer.body)["status"], "DECLINED");
  EXPECT_EQ(json::parse(answer.body)["authorizedAmount"]["amount"], 0);
  EXPECT_EQ(effects.of_trip("t-1")["payment"]["declined"], true);
  EXPECT_EQ(json::parse(post(adjust_path, call("t-2", "1.00"), Verdict::declined).body)["status"],
            "DECLINED");
}

TEST_F(PaymentsTest, LeavesAPendingAdjustWithoutEffect) {
  EXPECT_EQ(post(adjust_path, call("t-1", "15.99"), Verdict::pending).body,
            R"({"status":"PENDING","authorizedAmount":{"amount":15.99,"code":"USD"}})");
  EXPECT_TRUE(effects.of_trip("t-1")["payment"].is_null());
}

TEST_F(PaymentsTest, CapturesWithAnEmpty200) {
  post(adjust_path, call("t-1", "15.99"));
  const auto answer = post(capture_path, call("t-1", "15.99"));
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(effects.of_trip("t-1")["payment"]["captured_minor"], 1599);
  EXPECT_EQ(count("double_captures"), 0);
  EXPECT_EQ(count("captures_above_authorised"), 0);
  EXPECT_EQ(effects.summary()["sums"]["USD"]["captured"], "15.99");
}

TEST_F(PaymentsTest, AnswersASecondCaptureWith200AndCountsIt) {
  post(adjust_path, call("t-1", "15.99"));
  post(capture_path, call("t-1", "15.99"));
  EXPECT_EQ(post(capture_path, call("t-1", "15.99")).status, 200U);
  EXPECT_EQ(count("captures"), 2);
  EXPECT_EQ(count("double_captures"), 1);
  EXPECT_EQ(count("captures_above_authorised"), 1);
  EXPECT_EQ(effects.of_trip("t-1")["payment"]["captured_minor"], 3198);
}

TEST_F(PaymentsTest, CountsCapturesAboveWhatWasAuthorised) {
  post(capture_path, call("t-1", "0.01"));
  EXPECT_EQ(count("captures_above_authorised"), 1);
}

TEST_F(PaymentsTest, CountsWhatMustNotFollowEachOther) {
  post(adjust_path, call("t-1", "1"));
  post(capture_path, call("t-1", "1"));
  EXPECT_EQ(post(cancel_path, call("t-1", "1")).status, 200U);
  EXPECT_EQ(count("cancels_after_capture"), 1);
  post(cancel_path, call("t-2", "1"));
  post(capture_path, call("t-2", "1"));
  EXPECT_EQ(count("captures_after_cancel"), 1);
  EXPECT_EQ(count("cancels"), 2);
}

TEST_F(PaymentsTest, HasAReconciliationIdOnlyAfterTheCapture) {
  const auto before = json::parse(post(data_path, call("t-1", "1")).body);
  EXPECT_EQ(before["reconciliationId"], "");
  EXPECT_EQ(before["tail"].get<std::string>().size(), 4U);
  post(capture_path, call("t-1", "1"));
  EXPECT_NE(json::parse(post(data_path, call("t-1", "1")).body)["reconciliationId"], "");
}

TEST_F(PaymentsTest, RefusesAmountsThatAmazonRefuses) {
  for (const auto* amount :
       {"\"15.99\"", "0", "-1", "15.999", "null", "{}", "1e400", "[]", "true"}) {
    const auto answer = post(capture_path, call("t-1", amount));
    EXPECT_EQ(answer.status, 400U) << amount;
    EXPECT_EQ(answer.body, R"({"errorMsg":"BadRequestException"})") << amount;
  }
  EXPECT_EQ(count("captures"), 0);
}

TEST_F(PaymentsTest, RefusesMalformedRequests) {
  const std::string tail = R"(,"amount":{"amount":1,"code":"USD"}})";
  const std::string store = R"({"storeId":"STORE-001")";
  for (const auto& body :
       {std::string("no JSON"), std::string("[]"), std::string("{}"), store + tail,
        store + R"(,"shoppingTripId":"")" + tail, store + R"(,"shoppingTripId":" ")" + tail,
        store + R"(,"shoppingTripId":1)" + tail, store + R"(,"shoppingTripId":"a b")" + tail,
        store + R"(,"shoppingTripId":")" + std::string(256, 'x') + "\"" + tail,
        store + R"(,"shoppingTripId":"t")" + "}", store + R"(,"shoppingTripId":"t","amount":1})",
        store + R"(,"shoppingTripId":"t","amount":{"amount":1}})",
        store + R"(,"shoppingTripId":"t","amount":{"amount":1,"code":"usd"}})",
        store + R"(,"shoppingTripId":"t","amount":{"amount":1,"code":"USDX"}})",
        R"({"storeId":"OTHER","shoppingTripId":"t")" + tail,
        R"({"storeId":"INVALID@STORE#ID","shoppingTripId":"t")" + tail}) {
    EXPECT_EQ(post(capture_path, body).status, 400U) << body;
  }
  EXPECT_EQ(post(cancel_path, store + R"(,"shoppingTripId":"t"})").status, 200U);
}

TEST_F(PaymentsTest, DoesNotKnowForgottenTrips) {
  payments.forget("t-1");
  const auto answer = post(capture_path, call("t-1", "1"));
  EXPECT_EQ(answer.status, 400U);
  EXPECT_EQ(answer.body, R"({"errorMsg":"UnknownShoppingTrip"})");
  EXPECT_EQ(post(capture_path, call("t-2", "1")).status, 200U);
}

TEST_F(PaymentsTest, ChecksTheSignatureBeforeAnythingElse) {
  auto wrong = scope;
  wrong.secret_access_key = "other";
  const auto asked = signed_post(capture_path, call("t-1", "1"), wrong, clock.wall());
  const auto answer = payments.answer(asked.request(), Verdict::approved);
  EXPECT_EQ(answer.status, 403U);
  EXPECT_TRUE(json::parse(answer.body)["message"].get<std::string>().starts_with(
      "The request signature we calculated does not match"));
  const Asked bare{boost::beast::http::verb::post, capture_path, "no JSON", {}};
  EXPECT_EQ(payments.answer(bare.request(), Verdict::approved).body,
            R"({"message":"Missing Authentication Token"})");
  EXPECT_EQ(count("signature_refusals"), 2);
  const auto late =
      signed_post(capture_path, call("t-1", "1"), scope, clock.wall() - std::chrono::minutes{6});
  EXPECT_EQ(payments.answer(late.request(), Verdict::approved).status, 403U);
  EXPECT_EQ(count("signature_refusals"), 2);
  EXPECT_EQ(count("signatures_out_of_time"), 1);
  EXPECT_EQ(count("captures"), 0);
}

}  // namespace
}  // namespace gatehouse::simulator
