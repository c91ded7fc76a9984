// What a program, AWS IoT and STS answer: the right ones, and everything else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/credentials/assume_role.hpp"
#include "sync/credentials/iot.hpp"
#include "sync/credentials/process_output.hpp"

namespace gatehouse::sync {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const WallTime now = from_unix_ms(1'800'000'000'000);  // 2027-01-15T08:00:00Z
const IotOptions iot{"abc.credentials.iot", "store-alias", "", "", "", ""};
const RoleOptions role{
    "arn:aws:iam::123456789012:role/Role-B", "store/7", "gatehouse-1", "", "", "eu-west-1"};

Reply answered(int status, std::string body) {
  Reply reply;
  reply.sent = Sent::answered;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

using Read = Result<IssuedCredentials> (*)(const std::string& body);
Result<IssuedCredentials> from_process(const std::string& body) {
  return read_process_output(body, now);
}
Result<IssuedCredentials> from_iot(const std::string& body) {
  return read_iot_answer(iot, answered(200, body), now);
}
Result<IssuedCredentials> from_sts(const std::string& body) {
  return read_assume_role_answer(role, "iot", answered(200, body), now);
}

struct Form {
  std::string name;
  Read read;
  std::string before, names[4], after;
  bool temporary = true;

  [[nodiscard]] std::string body(const std::string& expiration = "\"2027-01-15T09:00:00Z\"",
                                 const std::string& without = "-") const {
    const std::string values[] = {"\"AKIDTEST\"", "\"hunter2\"", "\"token\"", expiration};
    std::string parts;
    for (std::size_t i = 0; i < 4; ++i) {
      if (names[i] == without) continue;
      parts += (parts.empty() ? "\"" : ",\"") + names[i] + "\":" + values[i];
    }
    return before + parts + after;
  }
};
std::string name_of(const testing::TestParamInfo<Form>& info) {
  return info.param.name;
}

class Answer : public testing::TestWithParam<Form> {
 protected:
  static std::string error(const std::string& body) {
    const auto issued = GetParam().read(body);
    EXPECT_FALSE(issued) << body.substr(0, 100);
    return issued ? "" : issued.error().message;
  }
};

const Form forms[] = {
    {"process",
     from_process,
     "{\"Version\":1,",
     {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"},
     "}",
     false},
    {"iot",
     from_iot,
     "{\"credentials\":{",
     {"accessKeyId", "secretAccessKey", "sessionToken", "expiration"},
     "},\"new\":[{}]}"},
    {"sts",
     from_sts,
     "{\"AssumeRoleResponse\":{\"AssumeRoleResult\":{\"Credentials\":{",
     {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"},
     "},\"AssumedRoleUser\":{\"Arn\":\"x\"}},\"ResponseMetadata\":{\"RequestId\":\"1\"}}}"},
};
INSTANTIATE_TEST_SUITE_P(Forms, Answer, testing::ValuesIn(forms), name_of);

TEST_P(Answer, GivesTheKeysAndWhenTheyExpire) {
  for (const auto* expiration :
       {"\"2027-01-15T09:00:00Z\"", "1800003600", "1.8000036E9", "\"1800003600\""}) {
    const auto issued = GetParam().read(GetParam().body(expiration));
    ASSERT_TRUE(issued) << issued.error().message;
    EXPECT_EQ(issued->keys, (AwsCredentials{"AKIDTEST", "hunter2", "token"}));
    EXPECT_EQ(issued->expires_at, now + std::chrono::hours{1});
  }
}

TEST_P(Answer, IsRefusedWithoutAPartThatItNeeds) {
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& name = GetParam().names[i];
    const auto body = GetParam().body("1800003600", name);
    if (i >= 2 && !GetParam().temporary) {
      EXPECT_TRUE(GetParam().read(body)) << name;
    } else {
      EXPECT_THAT(error(body), HasSubstr(name + " is missing"));
    }
  }
}

TEST_P(Answer, IsRefusedWhereItHasExpiredAlready) {
  EXPECT_THAT(error(GetParam().body("1800000000")), HasSubstr("expired already"));
  EXPECT_THAT(error(GetParam().body("\"tomorrow\"")), HasSubstr("is no time"));
}

TEST_P(Answer, OfAnyOtherBytesIsAnErrorThatRepeatsNone) {
  const auto whole = GetParam().body();
  EXPECT_NE(error(""), "");
  EXPECT_NE(error("<html>hunter2</html>"), "");
  EXPECT_NE(error("[]"), "");
  EXPECT_NE(error("{}"), "");
  EXPECT_NE(error("null"), "");
  EXPECT_NE(error("{\"errorMsg\":\"hunter2\"}"), "");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THAT(error(whole.substr(0, length)), Not(HasSubstr("hunter2")));
  }
  EXPECT_NE(error(std::string(10 * 1024 * 1024, 'x')), "");
  EXPECT_NE(error(std::string(1024 * 1024, '[')), "");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{\"a\":";
  EXPECT_NE(error(deep), "");
  EXPECT_THAT(error(std::string(200, '[') + std::string(200, ']')), HasSubstr("longer or deeper"));
  EXPECT_THAT(error(whole.substr(0, 1) + R"("x":1,"x":1,)" + whole.substr(1)),
              AllOf(HasSubstr("two members of one name"), Not(HasSubstr("hunter2"))));
  EXPECT_NE(error(whole.substr(0, 1) + "\"x\":\"\xff\"," + whole.substr(1)), "");
}

TEST_P(Answer, IsRefusedWhereAKeyCouldNotBeSent) {
  auto body = GetParam().body();
  body.replace(body.find("hunter2"), 7, "a\\r\\nb");
  EXPECT_THAT(error(body), HasSubstr("another invalid character"));
  body = GetParam().body();
  body.replace(body.find("token\""), 5, std::string(20'000, 't'));
  EXPECT_THAT(error(body), HasSubstr("too long"));
  body.replace(body.find(std::string(20'000, 't')), 20'000, std::string(8'000, 't'));
  EXPECT_TRUE(GetParam().read(body));
}

TEST(ProcessOutput, NeedsVersionOne) {
  EXPECT_THAT(
      from_process(R"({"Version":2,"AccessKeyId":"A","SecretAccessKey":"B"})").error().message,
      HasSubstr("Version"));
  EXPECT_FALSE(from_process(R"({"AccessKeyId":"A","SecretAccessKey":"B"})"));
  EXPECT_TRUE(from_process(R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"B"})"));
}

TEST(IotAnswer, SaysWhatARefusalMayMean) {
  const auto error = [](int status) {
    return read_iot_answer(iot, answered(status, "{\"message\":\"hunter2\"}"), now).error();
  };
  EXPECT_THAT(error(403).message,
              AllOf(HasSubstr("403"),
                    HasSubstr("iot:AssumeRoleWithCertificate on role alias "
                              "store-alias"),
                    HasSubstr("credentials.iot.amazonaws.com"), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(error(404).message, HasSubstr("role alias store-alias exists"));
  EXPECT_THAT(error(301).message, HasSubstr("check aws.iot_endpoint"));
  EXPECT_THAT(error(503).message, HasSubstr("answered 503"));
  EXPECT_EQ(error(503).remedy, Remedy::retry);
  EXPECT_EQ(error(403).remedy, Remedy::repair);
  Reply nothing;
  nothing.error = "certificate verify failed";
  EXPECT_THAT(read_iot_answer(iot, nothing, now).error().message,
              HasSubstr("no answer from abc.credentials.iot: certificate verify failed"));
}

TEST(AssumeRole, IsSignedForStsOfTheRegion) {
  const auto request = assume_role_request(role, {"AKID", "secret", "token"});
  EXPECT_EQ(request.url, "https://sts.eu-west-1.amazonaws.com/");
  EXPECT_EQ(request.body,
            "Version=2011-06-15&Action=AssumeRole&"
            "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2FRole-B&"
            "RoleSessionName=gatehouse-1&ExternalId=store%2F7");
  EXPECT_EQ(request.signing->service, "sts");
  EXPECT_EQ(request.signing->region, "eu-west-1");
  EXPECT_EQ(request.signing->session_token, "token");
  auto elsewhere = role;
  elsewhere.sts_url = "https://vpce.example";
  EXPECT_EQ(assume_role_request(elsewhere, {}).url, "https://vpce.example/");
}

TEST(AssumeRole, RefusedNamesBothRolesAndTheTrustPolicyThatIsMissing) {
  const auto message =
      "User: arn:aws:sts::111122223333:assumed-role/Role-A/jane@example.com is not authorized to "
      "perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/Role-B";
  for (const auto& body :
       {std::string(R"({"Error":{"Code":"AccessDenied","Message":")") + message + "\"}}",
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>" + std::string(message) +
            "</Message></Error></ErrorResponse>"}) {
    const auto error = read_assume_role_answer(role, "iot", answered(403, body), now).error();
    EXPECT_EQ(error.remedy, Remedy::repair);
    EXPECT_THAT(
        error.message,
        AllOf(HasSubstr("The trust policy of arn:aws:iam::123456789012:role/Role-B must allow "
                        "arn:aws:sts::111122223333:assumed-role/Role-A sts:AssumeRole with "
                        "sts:ExternalId"),
              Not(HasSubstr("jane")), Not(HasSubstr("store/7"))));
  }
  EXPECT_THAT(
      read_assume_role_answer(role, "iot", answered(403, "AccessDenied"), now).error().message,
      HasSubstr("the identity of aws.credentials = \"iot\" may not assume arn:aws:iam"));
}

TEST(AssumeRole, TellsOtherRefusalsApart) {
  const auto error = [](int status, const std::string& body) {
    return read_assume_role_answer(role, "iot", answered(status, body), now).error().message;
  };
  EXPECT_THAT(error(403, "RegionDisabledException"), HasSubstr("not activated in eu-west-1"));
  EXPECT_THAT(error(403, "SignatureDoesNotMatch: Signature expired: 2027"), HasSubstr("clock"));
  EXPECT_THAT(error(400, "ExpiredTokenException"), HasSubstr("have expired"));
  EXPECT_THAT(error(403, "InvalidClientTokenId"), HasSubstr("not valid"));
  EXPECT_THAT(error(400, "ValidationError"), HasSubstr("check aws.assume_role_arn"));
  EXPECT_THAT(error(404, ""), HasSubstr("check aws.sts_url"));
  EXPECT_THAT(error(503, ""), HasSubstr("STS answered 503"));
}

}  // namespace
}  // namespace gatehouse::sync
