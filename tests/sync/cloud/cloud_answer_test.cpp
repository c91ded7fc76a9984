#include "sync/cloud/cloud_answer.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;

constexpr const char* own_refusal = R"({"errorMsg":"UnknownItem"})";

store::Delivery cart(bool unclear = false) {
  store::Delivery delivery;
  delivery.trip_id = "T-1";
  delivery.purchase_id = "P-1";
  delivery.unclear = unclear;
  return delivery;
}

Reply answer(int status, std::string body = "") {
  Reply reply;
  reply.sent = Sent::answered;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

Verdict verdict(int status, std::string body, bool unclear = false) {
  return judge_cloud_answer(cart(unclear), answer(status, std::move(body))).verdict;
}

TEST(CloudAnswer, OfEveryStatusHasAVerdictAndAReason) {
  const std::set<int> of_the_way{404, 405, 407, 421, 425, 451};
  for (int status = 100; status < 600; ++status) {
    Verdict expected = Verdict::retry;
    if (status >= 300 && status < 400) expected = Verdict::locked_out;
    if (status >= 400 && status < 500) expected = Verdict::refused;
    if (status == 401 || status == 403) expected = Verdict::locked_out;
    if (status == 408 || status == 409 || status == 429) expected = Verdict::retry;
    if (of_the_way.contains(status)) expected = Verdict::retry;
    const auto judgement = judge_cloud_answer(cart(), answer(status, own_refusal));
    EXPECT_EQ(judgement.verdict, expected) << status;
    EXPECT_EQ(judgement.throttled, status == 429) << status;
    EXPECT_FALSE(judgement.reason.empty()) << status;
  }
}

TEST(CloudAnswer, EndsARecordOnlyByTheServicesOwnWord) {
  for (const int status : {400, 402, 406, 410, 411, 412, 413, 414, 415, 418, 422, 431}) {
    for (const auto* body :
         {"", "{}", "[]", "\"no\"", "<html>Request Entity Too Large</html>", "Bad Request",
          R"({"errorMsg":null})", R"({"purchaseId":"P-1"})", R"({"errorMsg":"x")"}) {
      EXPECT_EQ(verdict(status, body), Verdict::retry) << status << body;
    }
    for (const auto* body :
         {own_refusal, R"({"message":"no"})", R"({"title":"Bad Request","status":400})",
          R"({"errors":[{"path":"items"}]})", R"({"error":{"code":3}})"}) {
      EXPECT_EQ(verdict(status, body), Verdict::refused) << status << body;
    }
  }
}

TEST(CloudAnswer, OfAnApiGatewayIsNotTheServicesWord) {
  auto reply = answer(413, R"({"message":"Request Too Long"})");
  reply.error_type = "RequestTooLargeException";
  EXPECT_EQ(judge_cloud_answer(cart(), reply).verdict, Verdict::retry);
}

TEST(CloudAnswer, Of2xxDeliversWithNothingOrWithAnyJsonThatNamesNoError) {
  for (const auto* body : {"", " \r\n", "{}", "[]", "true", "15", "\"ok\"", R"({"errorMsg":null})",
                           R"({"errorMsg":""})", R"({"error":false})",
                           R"({"purchaseId":"P-1","message":"well done"})"}) {
    for (const int status : {200, 201, 202, 204}) {
      const auto judgement = judge_cloud_answer(cart(), answer(status, body));
      EXPECT_EQ(judgement.verdict, Verdict::delivered) << status << body;
      EXPECT_EQ(judgement.reason, "");
    }
  }
}

TEST(CloudAnswer, Of2xxDeliversNothingThatNamesAnErrorOfAnyType) {
  for (const auto* body :
       {R"({"errorMsg":"InternalServerException"})", R"({"errorMsg":{"code":1}})",
        R"({"errorMsg":["x"]})", R"({"errorMsg":true})", R"({"errorMsg":{}})",
        R"({"error":1,"purchaseId":"P-1"})",
        R"({"errorMessage":"Task timed out after 3.00 seconds"})",
        R"({"errorMessage":"x","errorType":"KeyError","stackTrace":[]})"}) {
    EXPECT_EQ(verdict(200, body), Verdict::retry) << body;
  }
  std::string many = "{";
  for (int i = 0; i < 5'000; ++i) many += "\"m" + std::to_string(i) + "\":0,";
  EXPECT_EQ(verdict(200, many + R"("errorMsg":"x"})"), Verdict::retry);
}

TEST(CloudAnswer, ThatSaysSomethingTwiceOrIsTooDeepIsNone) {
  for (const std::string& body :
       {std::string(R"({"charge":{"amount":"1.00","code":"USD"},"charge":null})"),
        std::string(R"({"charge":{"amount":"1.00","amount":"9.00","code":"USD"}})"),
        std::string(R"({"purchaseId":"P-1","purchaseId":"P-1"})"),
        R"({"a":)" + std::string(100, '[') + std::string(100, ']') + "}"}) {
    const auto judgement = judge_cloud_answer(cart(), answer(200, body));
    EXPECT_EQ(judgement.verdict, Verdict::retry) << body;
    EXPECT_TRUE(judgement.unclear);
    EXPECT_NE(judgement.reason.find(", so nothing of it is taken"), std::string::npos);
    EXPECT_EQ(verdict(409, body, true), Verdict::retry) << body;
    EXPECT_EQ(verdict(422, body), Verdict::retry) << body;
  }
  EXPECT_EQ(verdict(422, R"({"errorMsg":"x","errorMsg":"x"})"), Verdict::retry);
}

TEST(CloudAnswer, TakesAProxysPageForNoDelivery) {
  for (const auto* body : {"<!DOCTYPE html><html></html>", R"({"purchaseId":"P-)", "OK"}) {
    const auto judgement = judge_cloud_answer(cart(), answer(200, body));
    EXPECT_EQ(judgement.verdict, Verdict::retry) << body;
    EXPECT_TRUE(judgement.unclear) << "it may be half of a good answer";
    EXPECT_NE(judgement.reason.find("cloud.url"), std::string::npos);
  }
}

TEST(CloudAnswer, Of409DeliversWhereItNamesOurRecord) {
  for (const auto* body :
       {R"({"purchaseId":"P-1"})", R"({"tripId":"T-1"})", R"({"idempotentShoppingTripId":"T-1"})",
        R"({"existing":"P-1","charge":{"amount":"1.00","code":"USD"}})"}) {
    EXPECT_EQ(verdict(409, body), Verdict::delivered) << body;
  }
}

TEST(CloudAnswer, OfAny409ElseSaysThatItIsStillBeingWorkedOn) {
  for (const auto* body :
       {R"({"title":"Conflict","status":409})", R"({"errorMsg":"ConflictException"})", "{}", "[]",
        "<html>Conflict</html>", "P-1", R"(["P-1"])", R"("P-1")", R"({"purchaseId":"P-2"})",
        R"({"request":{"purchaseId":"P-1"}})", R"({"error":"in progress","tripId":"T-1"})",
        R"({"message":"a request with this key is being processed"})"}) {
    for (const bool unclear : {false, true}) {
      const auto judgement = judge_cloud_answer(cart(unclear), answer(409, body));
      EXPECT_EQ(judgement.verdict, Verdict::retry) << body;
      EXPECT_NE(judgement.reason.find("409"), std::string::npos);
    }
  }
}

TEST(CloudAnswer, OfAnEmpty409DeliversOnlyAfterAnAttemptOfUnknownOutcome) {
  EXPECT_EQ(verdict(409, ""), Verdict::retry);
  EXPECT_EQ(verdict(409, " \n", true), Verdict::delivered);
}

TEST(CloudAnswer, SaysThatAnotherRequestHasTheKeyOrMayHaveIt) {
  const auto conflict = [](int status, const std::string& body) {
    return judge_cloud_answer(cart(), answer(status, body)).conflict;
  };
  using enum store::KeyConflict;
  EXPECT_EQ(conflict(409, R"({"title":"Conflict","status":409})"), open);
  EXPECT_EQ(conflict(409, R"({"tripId":"T-1"})"), none) << "it is there already";
  EXPECT_EQ(conflict(422, R"({"errorMsg":"the key was used with another body"})"), certain);
  EXPECT_EQ(conflict(422, "<html>"), certain);
  for (const int status : {200, 400, 429, 500}) EXPECT_EQ(conflict(status, "{}"), none) << status;
}

TEST(CloudAnswer, Of409WithRetryAfterAsksForARetry) {
  for (const auto* body : {"", R"({"purchaseId":"P-1"})"}) {
    auto reply = answer(409, body);
    reply.retry_after = 2s;
    EXPECT_EQ(judge_cloud_answer(cart(true), reply).verdict, Verdict::retry) << body;
  }
}

TEST(CloudAnswer, TakesNoEmptyIdForOurs) {
  auto empty_cart = cart();
  empty_cart.purchase_id = "";
  EXPECT_EQ(judge_cloud_answer(empty_cart, answer(409, R"({"purchaseId":""})")).verdict,
            Verdict::retry);
}

TEST(CloudAnswer, ThatNeverCameIsUnclearOnceTheRequestWasSent) {
  for (const auto sent : {Sent::no, Sent::maybe}) {
    Reply reply;
    reply.sent = sent;
    reply.error = "timed out";
    const auto judgement = judge_cloud_answer(cart(), reply);
    EXPECT_EQ(judgement.verdict, Verdict::retry);
    EXPECT_EQ(judgement.unclear, sent == Sent::maybe);
    EXPECT_NE(judgement.reason.find("timed out"), std::string::npos);
  }
  for (const int status : {408, 502, 504}) {
    EXPECT_TRUE(judge_cloud_answer(cart(), answer(status)).unclear) << status;
  }
  for (const int status : {404, 409, 422, 429, 500, 503}) {
    EXPECT_FALSE(judge_cloud_answer(cart(), answer(status)).unclear) << status;
  }
}

TEST(CloudAnswer, IsNeverRepeatedInAReason) {
  for (const int status : {200, 409, 422, 500}) {
    const auto judgement =
        judge_cloud_answer(cart(), answer(status, R"({"errorMsg":"4111-1111"})"));
    EXPECT_EQ(judgement.reason.find("4111"), std::string::npos);
  }
}

}  // namespace
}  // namespace gatehouse::sync
