#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/daemon/command/gatehouse.hpp"
#include "tests/daemon/configuration/folder.hpp"

namespace gatehouse::command {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr auto* api_resource = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/*";
constexpr auto* payment_settings = "[store]\nid = 'S'\n[jwo]\nsettlement = 'payment'\n";

class IamPolicy : public testing::Test {
 protected:
  Ran print(const std::string& toml, std::vector<std::string> more = {},
            const std::string& resource = api_resource) {
    std::vector<std::string> arguments{"iam-policy", "--resource", resource, "--config",
                                       folder.write("gatehouse.toml", toml).string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return gatehouse(arguments);
  }
  configuration::Folder folder;
};

TEST_F(IamPolicy, IsTheFaqsWhereTheKeysThemselvesCallAmazon) {
  const Ran ran = print(payment_settings);
  EXPECT_EQ(ran.exit_status, 0) << ran.err;
  EXPECT_EQ(json::parse(ran.out), json::parse(R"({"Version":"2012-10-17","Statement":[{
      "Sid":"PaymentsAPIAccess","Effect":"Allow","Action":"execute-api:Invoke",
      "Resource":"arn:aws:execute-api:us-east-1:123456789012:abcdef1234/*"}]})"));
  EXPECT_THAT(ran.err, HasSubstr("credentials are in the daemon's environment"));
}

TEST_F(IamPolicy, IsNotNeededWhereThisBoxDoesNotSettle) {
  const Ran ran = print("[store]\nid = 'S'\n");
  EXPECT_EQ(ran.exit_status, 0);
  EXPECT_THAT(ran.out, HasSubstr("no policy is needed: jwo.settlement is none"));
  EXPECT_EQ(json::parse(print("[store]\nid = 'S'\n", {"--json"}).out), json::array());
}

TEST_F(IamPolicy, IsOneForEachSideWhereARoleIsAssumed) {
  const std::string role = "arn:aws:iam::123456789012:role/gatehouse";
  const std::string toml =
      payment_settings + ("[aws]\nexternal_id = 'store/7'\nassume_role_arn = '" + role + "'\n");
  const auto policies = json::parse(print(toml, {"--json"}).out);
  ASSERT_EQ(policies.size(), 3U);
  EXPECT_EQ(policies[0]["attachTo"], "permissions of " + role);
  EXPECT_EQ(policies[0]["policy"]["Statement"][0]["Action"], "execute-api:Invoke");
  EXPECT_THAT(policies[1]["attachTo"], HasSubstr("environment"));
  EXPECT_EQ(policies[1]["policy"]["Statement"][0]["Action"], "sts:AssumeRole");
  EXPECT_EQ(policies[1]["policy"]["Statement"][0]["Resource"], role);
  EXPECT_EQ(policies[2]["attachTo"], "trust policy of " + role);
  EXPECT_EQ(policies[2]["policy"]["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"],
            "store/7");
  EXPECT_THAT(print(toml).out, HasSubstr("# trust policy of " + role + "\n{"));
}

TEST_F(IamPolicy, LetsADeviceCertificateGetTheKeysOfItsRole) {
  const auto policies = json::parse(
      print(std::string(payment_settings) +
                "[aws]\ncredentials = 'iot'\niot_endpoint = 'abc'\niot_role_alias = 'alias-1'\n"
                "iot_certificate = '/dev/null'\niot_key = '/dev/null'\n",
            {"--json"})
          .out);
  ASSERT_EQ(policies.size(), 3U);
  EXPECT_EQ(policies[0]["attachTo"], "permissions of the role behind the role alias alias-1");
  EXPECT_EQ(policies[1]["policy"]["Statement"][0]["Principal"]["Service"],
            "credentials.iot.amazonaws.com");
  EXPECT_EQ(policies[2]["policy"]["Statement"][0]["Action"], "iot:AssumeRoleWithCertificate");
}

TEST_F(IamPolicy, LetsAFeedAndACloudBehindIamBeCalledAndNeedsNoArnOfAmazonForThat) {
  const auto file = folder.write(
      "signed.toml",
      "[store]\nid = 'S'\n"
      "[feed]\nauth = 'sigv4'\n"
      "url = 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/shoppers'\n"
      "[cloud]\nauth = 'sigv4'\nurl = 'https://cloud.example/jwo'\nregion = 'cn-north-1'\n");
  const Ran ran = gatehouse({"iam-policy", "--config", file.string()});
  EXPECT_EQ(ran.exit_status, 0) << ran.err;
  EXPECT_EQ(json::parse(ran.out), json::parse(R"({"Version":"2012-10-17","Statement":[
      {"Sid":"ShopperFeedAccess","Effect":"Allow","Action":"execute-api:Invoke",
       "Resource":"arn:aws:execute-api:eu-west-1:<account>:abc123/*/GET/*_changes"},
      {"Sid":"CloudAccess","Effect":"Allow","Action":"execute-api:Invoke","Resource":[
       "arn:aws-cn:execute-api:cn-north-1:<account>:<api-id>/*/POST/*v1/order/purchases",
       "arn:aws-cn:execute-api:cn-north-1:<account>:<api-id>/*/POST/*v1/payments/records"]}]})"));
}

TEST_F(IamPolicy, LetsTheGateAskTheCloudWhereItDoes) {
  const auto policy = json::parse(
      print("[store]\nid = 'S'\n[gate]\nunknown_shopper = 'ask_cloud'\n[cloud]\nauth = 'sigv4'\n"
            "url = 'https://cloud.example/jwo'\n")
          .out);
  const auto& resources = policy["Statement"][0]["Resource"];
  ASSERT_EQ(resources.size(), 5U);
  EXPECT_EQ(resources[2],
            "arn:aws:execute-api:us-east-1:<account>:<api-id>/*/POST/*v1/identity/scan");
}

TEST_F(IamPolicy, IsOneForEachRoleAndOneThatAssumesThemAll) {
  const std::string pay = "arn:aws:iam::123456789012:role/pay";
  const std::string cloud = "arn:aws:iam::123456789012:role/cloud";
  const auto policies = json::parse(
      print(payment_settings + ("[aws]\nassume_role_arn = '" + pay +
                                "'\n[feed]\nauth = 'sigv4'\nurl = 'https://x'\n[cloud]\nauth = "
                                "'sigv4'\nurl = 'https://y'\nassume_role_arn = '" +
                                cloud + "'\n"),
            {"--json"})
          .out);
  ASSERT_EQ(policies.size(), 5U);
  EXPECT_EQ(policies[0]["attachTo"], "permissions of " + pay);
  EXPECT_EQ(policies[0]["policy"]["Statement"].size(), 2U) << "payment and feed";
  EXPECT_EQ(policies[1]["attachTo"], "permissions of " + cloud);
  EXPECT_EQ(policies[1]["policy"]["Statement"][0]["Sid"], "CloudAccess");
  EXPECT_EQ(policies[2]["policy"]["Statement"][0]["Resource"], json::array({pay, cloud}));
  EXPECT_EQ(policies[3]["attachTo"], "trust policy of " + pay);
  EXPECT_EQ(policies[4]["attachTo"], "trust policy of " + cloud);
}

TEST_F(IamPolicy, RefusesWhatIsNoArnOfAnApiAndAWrongConfiguration) {
  EXPECT_EQ(print(payment_settings, {}, "*").exit_status, 2);
  EXPECT_THAT(print(payment_settings, {}, "arn:aws:s3:::bucket").err,
              HasSubstr("expected the ARN of Amazon's API"));
  EXPECT_EQ(print("[store]\n").exit_status, 2);
  EXPECT_EQ(gatehouse({"iam-policy"}).exit_status, 2);
  EXPECT_THAT(print(payment_settings, {}, "").err, HasSubstr("needed where jwo.settlement is not"));
}

}  // namespace
}  // namespace gatehouse::command
