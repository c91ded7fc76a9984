// The whole way of the keys over real TLS: a device certificate buys IoT's keys, they assume a
// role, and its keys sign every payment call. Botocore verifies each signature.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/amazon/payments.hpp"
#include "sync/credentials/keeper.hpp"
#include "tests/child/child.hpp"
#include "tests/sync/transport/exchange.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class AmazonTest : public testing::Test {
 protected:
  AmazonTest() {
    options.wanted = true;
    options.source = CredentialSource::iot;
    options.iot = {.endpoint = "127.0.0.1:" + port_,
                   .role_alias = "store-alias",
                   .thing_name = "thing-1",
                   .certificate_file = file("client.pem"),
                   .key_file = file("client.key"),
                   .ca_file = file("authority.pem")};
    options.role = {.arn = "arn:aws:iam::123456789012:role/Role-B",
                    .external_id = "store/7",
                    .session_name = "gatehouse-1",
                    .sts_url = url(),
                    .ca_file = file("authority.pem"),
                    .region = "us-east-1"};
  }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.path() / name; }
  [[nodiscard]] std::string url() const { return "https://127.0.0.1:" + port_; }

  /// Turns until there are keys, or an error: '' or the error.
  std::string fetch() {
    keeper.emplace(options, *transport, processes, clock, [] { return 0.5; });
    EXPECT_TRUE(poll_until(*transport, [this] {
      keeper->turn();
      return keeper->usable() != nullptr || !keeper->status().last_error.empty();
    }));
    return keeper->status().last_error;
  }

  child::TemporaryFolder folder_;
  child::Child server_{
      {{"/usr/bin/python3", TESTS_FOLDER "/credentials/amazon.py", folder_.path().string()},
       {},
       {},
       {}}};
  std::string port_ = server_.wait_line("port ", 20s);
  SystemClock clock;
  std::unique_ptr<CurlTransport> transport = open_transport();
  ProcessThread processes{[](const auto&) {}};
  CredentialOptions options;
  std::optional<CredentialKeeper> keeper;
};

TEST_F(AmazonTest, GivesKeysThatSignEveryPaymentCallAsBotocoreDoes) {
  ASSERT_EQ(fetch(), "");
  const auto* keys = keeper->usable();
  EXPECT_EQ(keys->access_key_id, "ASIAROLE");
  EXPECT_GT(keeper->status().expires_at, clock.wall() + 58min);
  JwoOptions jwo;
  jwo.payments_url = url();
  jwo.region = "us-east-1";
  store::Settlement settlement;
  settlement.trip_id = "trip-1";
  settlement.amount = Money{1599, "USD"};
  for (const auto call : {Call::adjust, Call::capture, Call::cancel, Call::transactional_data}) {
    auto request = payment_request(jwo, *keys, "STORE-001", settlement, call);
    request.login.ca_file = file("authority.pem");
    const auto reply = exchange(*transport, request);
    EXPECT_EQ(reply.status, 200) << to_text(call) << ": " << reply.body << reply.error;
    EXPECT_THAT(reply.body, HasSubstr("us-east-1/execute-api content-type;host;x-amz-date;"
                                      "x-amz-security-token"));
    ASSERT_TRUE(reply.clock_ahead);
    EXPECT_LT(std::chrono::abs(*reply.clock_ahead), 60s);
  }
}

TEST_F(AmazonTest, RefusesADeviceWithoutItsCertificate) {
  options.iot.certificate_file.clear();
  options.iot.key_file.clear();
  EXPECT_THAT(fetch(), HasSubstr("answered 403: the policy of the device certificate must allow"));
}

TEST_F(AmazonTest, IsNotAskedWhereItsAuthorityIsUnknown) {
  options.iot.ca_file.clear();
  EXPECT_THAT(fetch(), HasSubstr("AWS IoT: no answer from 127.0.0.1:"));
}

TEST_F(AmazonTest, HasNoSuchRoleAlias) {
  options.iot.role_alias = "other";
  EXPECT_THAT(fetch(), HasSubstr("check that the role alias other exists"));
}

TEST_F(AmazonTest, RefusesARoleThatDoesNotTrustTheDevices) {
  options.role.arn = "arn:aws:iam::123456789012:role/Role-C";
  EXPECT_THAT(fetch(), HasSubstr("The trust policy of arn:aws:iam::123456789012:role/Role-C must "
                                 "allow arn:aws:sts::111122223333:assumed-role/Role-A"));
}

TEST_F(AmazonTest, TellsThatTheKeysOfTheSourceAreWrong) {
  options.source = CredentialSource::environment;
  options.environment = {"ASIAIOT", "iot/secret+x", "another"};
  EXPECT_THAT(fetch(), HasSubstr("STS: Amazon answered 403: the AWS credentials are not valid"));
}

}  // namespace
}  // namespace gatehouse::sync
