#include "sync/cloud/cloud_lane.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::sync {
namespace {

using testing::AllOf;
using testing::HasSubstr;

CloudOptions behind_iam() {
  CloudOptions options;
  options.url = "https://api.example/prod";
  options.signing.emplace();
  options.signing->region = "eu-west-1";
  options.signing->service = "execute-api";
  options.signing->access_key_id = "AKID";
  options.signing->secret_access_key = "secret";
  return options;
}

CloudLane lane(CloudOptions options) {
  return {"STORE-001", std::move(options), SettlementMode::payment};
}

Reply answered(int status, std::string body, std::string error_type = "") {
  Reply reply;
  reply.sent = Sent::answered;
  reply.status = status;
  reply.body = std::move(body);
  reply.error_type = std::move(error_type);
  return reply;
}

TEST(CloudLane, SignsItsRequestsAndWaitsForKeys) {
  store::Delivery delivery;
  delivery.id = 1;
  delivery.idempotency_key = "key";
  delivery.created_at = from_unix_ms(0);
  auto options = behind_iam();
  EXPECT_EQ(lane(options).what_is_missing(), "");
  EXPECT_EQ(lane(options).request(delivery).signing, options.signing);
  options.signing->secret_access_key.clear();
  EXPECT_EQ(lane(options).what_is_missing(), "no AWS credentials");
  options.signing.reset();
  EXPECT_EQ(lane(options).what_is_missing(), "");
  EXPECT_FALSE(lane(options).request(delivery).signing);
}

TEST(CloudLane, CountsNoAttemptThatWasRefusedForTheTimeOfItsSignature) {
  const store::Delivery delivery;
  const auto counts = [&](const Reply& reply) {
    const Judgement judgement = lane(behind_iam()).judge(delivery, reply);
    EXPECT_EQ(judgement.verdict, Verdict::locked_out);
    return !judgement.no_attempt;
  };
  EXPECT_FALSE(counts(answered(403,
                               R"({"message":"Signature expired: 20250502T000518Z is now )"
                               R"(earlier than 20250502T000519Z"})",
                               "InvalidSignatureException")));
  EXPECT_TRUE(counts(answered(403, R"({"message":"no"})", "AccessDeniedException")));
}

TEST(CloudLane, SetsNothingAsideForASignatureAndSaysWhatIsWrongWithIt) {
  struct Refused {
    Reply reply;
    std::string text;
  };
  for (const auto& [reply, text] :
       {Refused{answered(403,
                         R"({"message":"The security token included in the request is )"
                         R"(expired"})",
                         "ExpiredTokenException"),
                "the cloud answered 403: the AWS credentials have expired"},
        {answered(400, R"({"message":"x","errorMsg":"x"})", "ExpiredTokenException"),
         "the cloud answered 400: the AWS credentials have expired"},
        {answered(401, "{}"), "the cloud answered 401: the role lacks execute-api:Invoke on this"},
        {answered(403, "The request signature we calculated does not match"),
         "cloud.region is not the service's"},
        {answered(403, R"({"message":"Missing Authentication Token"})"), "check cloud.url"}}) {
    const auto judgement = lane(behind_iam()).judge({}, reply);
    EXPECT_EQ(judgement.verdict, Verdict::locked_out) << text;
    EXPECT_THAT(judgement.reason, HasSubstr(text));
  }
}

TEST(CloudLane, JudgesEveryOtherAnswerAsWithoutASignature) {
  const auto judged = [](const Reply& reply) {
    return lane(behind_iam()).judge({}, reply).verdict;
  };
  EXPECT_EQ(judged(answered(200, "{}")), Verdict::delivered);
  EXPECT_EQ(judged(answered(400, R"({"errorMsg":"unknown store"})")), Verdict::refused);
  EXPECT_EQ(judged(answered(413, R"({"message":"too long"})", "RequestTooLargeException")),
            Verdict::retry);
  EXPECT_EQ(judged(answered(504, "")), Verdict::retry);
  auto plain = behind_iam();
  plain.signing.reset();
  EXPECT_THAT(lane(plain).judge({}, answered(403, "")).reason,
              HasSubstr("check the credentials of [cloud]"));
}

}  // namespace
}  // namespace gatehouse::sync
