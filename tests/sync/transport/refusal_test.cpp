#include "sync/transport/refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Reply refused(std::string body, std::string error_type = "") {
  Reply reply;
  reply.sent = Sent::answered;
  reply.status = 403;
  reply.body = std::move(body);
  reply.error_type = std::move(error_type);
  return reply;
}

struct Case {
  std::string name;
  std::string body;
  std::string error_type;
  RefusalCause cause;
  std::string text;
};
std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

class RefusalTable : public testing::TestWithParam<Case> {};
TEST_P(RefusalTable, NamesTheCauseAndWhatToDo) {
  const auto refusal = read_refusal(refused(GetParam().body, GetParam().error_type));
  EXPECT_EQ(refusal.cause, GetParam().cause);
  EXPECT_THAT(refusal.text, AllOf(HasSubstr("Amazon answered 403: "), HasSubstr(GetParam().text)));
}

constexpr auto* permission =
    R"({"Message":"User: arn:aws:sts::123456789012:assumed-role/Role-A/s is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:abc/prod/POST/v1/capture/charge"})";
const Case cases[] = {
    {"late_signature",
     R"({"message":"Signature expired: 20270115T080000Z is now earlier than 20270115T081000Z"})",
     "", RefusalCause::clock, "check this machine's clock"},
    {"early_signature", R"({"message":"Signature not yet current: x"})", "", RefusalCause::clock,
     "clock"},
    {"skew_by_type", "{}", "RequestTimeTooSkewed", RefusalCause::clock, "clock"},
    {"invalid_signature_for_its_time", R"({"message":"Signature expired: x"})",
     "InvalidSignatureException", RefusalCause::clock, "clock"},
    {"expired_token", R"({"message":"The security token included in the request is expired"})", "",
     RefusalCause::token_expired, "have expired"},
    {"expired_by_type", "", "ExpiredTokenException", RefusalCause::token_expired, "have expired"},
    {"invalid_token", R"({"message":"The security token included in the request is invalid."})", "",
     RefusalCause::token_invalid, "not valid"},
    {"wrong_secret",
     R"({"message":"The request signature we calculated does not match the signature you provided."})",
     "", RefusalCause::signature, "the secret does not match the access key"},
    {"permission", permission, "", RefusalCause::permission,
     "arn:aws:sts::123456789012:assumed-role/Role-A lacks execute-api:Invoke"},
    {"explicit_deny",
     R"({"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: x with an explicit deny"})",
     "", RefusalCause::permission, "another policy denies it explicitly"},
    {"wrong_path", R"({"message":"Missing Authentication Token"})",
     "MissingAuthenticationTokenException", RefusalCause::address, "check jwo.payments_url"},
    {"not_onboarded", R"({"message":"Forbidden"})", "ForbiddenException", RefusalCause::onboarding,
     "not allow-listed"},
    {"empty", "", "", RefusalCause::onboarding, "not allow-listed"},
    {"html", "<html>403 Forbidden</html>", "", RefusalCause::onboarding, "not allow-listed"},
};
INSTANTIATE_TEST_SUITE_P(Table, RefusalTable, testing::ValuesIn(cases), name_of);

TEST(Refusal, SuspectsTheClockWhereTheAnswersDateDiffers) {
  auto reply = refused(R"({"message":"Forbidden"})");
  for (const auto within : {0s, 300s, -300s}) {
    reply.clock_ahead = within;
    EXPECT_EQ(read_refusal(reply).cause, RefusalCause::onboarding);
  }
  reply.clock_ahead = 301s;
  EXPECT_THAT(read_refusal(reply).text, HasSubstr("clock is 301 s ahead of Amazon's"));
  reply.clock_ahead = -7200s;
  EXPECT_THAT(read_refusal(reply).text, HasSubstr("clock is 7200 s behind Amazon's"));
}

TEST(Refusal, DoesNotSuspectTheClockOfASignatureThatWasAccepted) {
  auto reply = refused(permission);
  reply.clock_ahead = 1h;
  EXPECT_EQ(read_refusal(reply).cause, RefusalCause::permission);
  reply = refused("Missing Authentication Token");
  reply.clock_ahead = 1h;
  EXPECT_EQ(read_refusal(reply, "jwo.checkout_url").cause, RefusalCause::address);
  EXPECT_THAT(read_refusal(reply, "jwo.checkout_url").text, HasSubstr("jwo.checkout_url"));
}

TEST(Refusal, RepeatsNothingThatCouldBeSecretOrAPersons) {
  for (const auto* body :
       {"User: hunter2 is not authorized to perform: x", "Signature expired hunter2",
        "User: arn:aws:iam::1:user/hunter2@example.com is not authorized to perform: x",
        "User: arn:aws:sts::1:assumed-role/R/hunter2 is not authorized to perform: x",
        "User: arn:aws:iam::1:user/a\nhunter2 is not authorized"}) {
    EXPECT_THAT(read_refusal(refused(body)).text, Not(HasSubstr("hunter2"))) << body;
  }
  EXPECT_EQ(caller_in("User: arn:" + std::string(10'000, 'a') + " is not authorized"), "");
}

TEST(Refusal, ReadsNoMoreThanTheBeginningOfALongAnswer) {
  EXPECT_EQ(read_refusal(refused(std::string(10 * 1024 * 1024, 'x') + "ExpiredToken")).cause,
            RefusalCause::onboarding);
}

TEST(Refusal, OfTheRetailersOwnApiNamesItsSettingsAndNoPortalOfAmazon) {
  constexpr Refuser cloud{.name = "the cloud",
                          .address_key = "cloud.url",
                          .region_key = "cloud.region",
                          .is_amazons = false};
  const auto text = [&](const std::string& body) {
    return read_refusal(refused(body), cloud).text;
  };
  EXPECT_THAT(text("{}"), AllOf(HasSubstr("the cloud answered 403: "), HasSubstr("resource policy"),
                                Not(HasSubstr("Portal"))));
  EXPECT_THAT(text(permission), AllOf(HasSubstr("Role-A lacks execute-api:Invoke on this API"),
                                      Not(HasSubstr("Amazon"))));
  EXPECT_THAT(text("Missing Authentication Token"), HasSubstr("check cloud.url"));
  EXPECT_THAT(text("SignatureDoesNotMatch"), HasSubstr("cloud.region is not the service's"));
  auto late = refused("{}");
  late.clock_ahead = -400s;
  EXPECT_THAT(read_refusal(late, cloud).text, HasSubstr("400 s behind the cloud's"));
}

TEST(Refusal, IsOfASignatureWhateverItsStatusWhereItsTypeSaysSo) {
  auto reply = refused("{}");
  EXPECT_TRUE(refuses_signature(reply));
  reply.status = 401;
  EXPECT_TRUE(refuses_signature(reply));
  for (const int status : {400, 404, 429}) {
    reply.status = status;
    reply.error_type = "ExpiredTokenException";
    EXPECT_TRUE(refuses_signature(reply)) << status;
    for (const auto* type : {"", "BadRequestException", "ThrottlingException"}) {
      reply.error_type = type;
      EXPECT_FALSE(refuses_signature(reply)) << status << type;
    }
  }
  reply.error_type = "ExpiredTokenException";
  reply.status = 500;
  EXPECT_FALSE(refuses_signature(reply));
  reply.status = 403;
  reply.sent = Sent::maybe;
  EXPECT_FALSE(refuses_signature(reply));
}

TEST(Refusal, IsOfNoSignatureWhereItsTypeOnlyContainsSuchAWord) {
  for (const char* type : {"PaymentAuthFailureException", "PaymentRequestExpiredException",
                           "ExpiredTokenizedCardException"}) {
    auto reply = refused("{}");
    reply.status = 400;
    reply.error_type = type;
    EXPECT_FALSE(refuses_signature(reply)) << type;
  }
}

TEST(Refusal, IsForItsTimeWhereAmazonNamesTheTimeOfTheSignature) {
  for (const auto* body :
       {R"({"message":"Signature expired: 20270115T080000Z is now earlier than 20270115T081000Z"})",
        R"({"message":"Signature not yet current: 20270115T090000Z is still later than …"})",
        R"({"__type":"RequestExpired"})", R"({"errorMsg":"RequestTimeTooSkewedException"})",
        "<Code>RequestInTheFuture</Code>"}) {
    for (const int status : {400, 401, 403}) {
      auto reply = refused(body);
      reply.status = status;
      EXPECT_TRUE(is_refused_for_its_time(reply)) << status << ": " << body;
      EXPECT_TRUE(failed_for_its_time(reply));
    }
  }
  auto reply = refused("", "RequestExpired");
  reply.status = 400;
  EXPECT_TRUE(is_refused_for_its_time(reply));
  reply.clock_ahead = 301s;
  EXPECT_TRUE(is_refused_for_its_time(reply));
  for (const int status : {400, 401, 403}) {
    reply.status = status;
    reply.clock_ahead = 300s;
    EXPECT_FALSE(is_refused_for_its_time(reply)) << "its Date says that our clock is right";
  }
}

TEST(Refusal, OfASignatureIsForItsTimeOnlyWhereDateShowsThatOurClockIsOff) {
  auto reply = refused(R"({"message":"The request signature we calculated does not match"})",
                       "InvalidSignatureException");
  for (const int status : {400, 403}) {
    reply.status = status;
    reply.clock_ahead = 3min;
    EXPECT_FALSE(is_refused_for_its_time(reply)) << status;
    reply.clock_ahead = -6min;
    EXPECT_TRUE(is_refused_for_its_time(reply)) << status;
  }
}

TEST(Refusal, OfTheServiceItselfIsNeverForItsTime) {
  for (const auto* body :
       {R"({"errorMsg":"ShoppingTripExpiredException"})", R"({"errorMsg":"BadRequestException"})",
        R"({"errorMsg":"PaymentRequestExpired"})", R"({"errorMsg":"RequestExpiredLong"})", ""}) {
    auto reply = refused(body);
    reply.status = 400;
    reply.clock_ahead = 2h;
    EXPECT_FALSE(is_refused_for_its_time(reply)) << body;
  }
  auto reply = refused(R"({"__type":"RequestExpired"})");
  for (const int status : {200, 404, 409, 422, 500}) {
    reply.status = status;
    EXPECT_FALSE(is_refused_for_its_time(reply)) << status;
  }
  reply.sent = Sent::maybe;
  reply.status = 0;
  EXPECT_FALSE(failed_for_its_time(reply));
}

TEST(Refusal, OfACertificateForItsDatesFailsForItsTime) {
  Reply reply;
  EXPECT_FALSE(failed_for_its_time(reply));
  reply.certificate_dates = true;
  EXPECT_TRUE(failed_for_its_time(reply));
  EXPECT_FALSE(is_refused_for_its_time(reply));
}

TEST(Refusal, AsksForOtherKeysOnlyWhereTheyCouldHelp) {
  EXPECT_TRUE(doubts_keys(RefusalCause::token_expired));
  EXPECT_TRUE(doubts_keys(RefusalCause::token_invalid));
  EXPECT_TRUE(doubts_keys(RefusalCause::signature));
  EXPECT_FALSE(doubts_keys(RefusalCause::clock));
  EXPECT_FALSE(doubts_keys(RefusalCause::permission));
  EXPECT_FALSE(doubts_keys(RefusalCause::address));
  EXPECT_FALSE(doubts_keys(RefusalCause::onboarding));
}

}  // namespace
}  // namespace gatehouse::sync
