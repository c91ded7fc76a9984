#include "daemon/process/options.hpp"

#include <gtest/gtest.h>

#include "daemon/configuration/load.hpp"
#include "daemon/gate/request/code_time.hpp"

namespace gatehouse::process {
namespace {

TEST(Options, GiveTheGateItsLimits) {
  auto wanted = configuration::defaults();
  wanted.gate.max_connections = 7;
  wanted.gate.max_body = {4096};
  EXPECT_EQ(gate_limits(wanted.gate).connections_max, 7U);
  EXPECT_EQ(gate_limits(wanted.gate).body_max_bytes, 4096U);
}

TEST(Options, GiveTheCloudTheTimeThatIsConfigured) {
  auto wanted = configuration::defaults();
  EXPECT_EQ(sync_options(wanted).cloud.timeout, milliseconds(30'000));
  wanted.cloud.timeout = milliseconds(1234);
  EXPECT_EQ(sync_options(wanted).cloud.timeout, milliseconds(1234));
}

TEST(Options, LogInOnlyTheWayThatIsConfigured) {
  auto wanted = configuration::defaults();
  wanted.cloud.auth = configuration::Auth::bearer;
  wanted.cloud.bearer_file.secret = configuration::Secret("token");
  wanted.cloud.basic_file.secret = configuration::Secret("user:password");
  const sync::SyncOptions options = sync_options(wanted);
  EXPECT_EQ(options.cloud.login.bearer, "token");
  EXPECT_EQ(options.cloud.login.basic, "");
  EXPECT_EQ(options.feed.login.bearer, "");
}

TEST(Options, SettleCardTripsOnlyWhereThisBoxSettles) {
  auto wanted = configuration::defaults();
  EXPECT_EQ(gate_options(wanted).settlement, sync::SettlementMode::none);
  EXPECT_EQ(sync_options(wanted).jwo.settlement, sync::SettlementMode::none);
  wanted.jwo.settlement = sync::SettlementMode::payment;
  EXPECT_EQ(gate_options(wanted).settlement, sync::SettlementMode::payment);
  EXPECT_EQ(sync_options(wanted).jwo.settlement, sync::SettlementMode::payment);
  wanted.jwo.settlement = sync::SettlementMode::checkout;
  EXPECT_EQ(gate_options(wanted).settlement, sync::SettlementMode::checkout);
  EXPECT_EQ(sync_options(wanted).jwo.settlement, sync::SettlementMode::checkout);
  EXPECT_EQ(local_options(wanted).settlement, sync::SettlementMode::checkout);
}

TEST(Options, NameTheRolesSessionAfterTheStore) {
  auto wanted = configuration::defaults();
  wanted.store.id = "Store 7/" + std::string(100, 'x');
  wanted.jwo.settlement = sync::SettlementMode::payment;
  wanted.aws.credentials = sync::CredentialSource::process;
  wanted.aws.credential_process = {"/bin/helper", "x"};
  auto options = sync_options(wanted).aws.shared;
  EXPECT_TRUE(options.wanted);
  EXPECT_EQ(options.source, sync::CredentialSource::process);
  EXPECT_EQ(options.command, wanted.aws.credential_process);
  EXPECT_EQ(options.role.session_name.size(), 64U);
  EXPECT_TRUE(options.role.session_name.starts_with("gatehouse-Store-7-xx"));
  wanted.aws.session_name = "other";
  EXPECT_EQ(sync_options(wanted).aws.shared.role.session_name, "other");
}

TEST(Options, SignForAFeedAndACloudBehindIamEachWithItsRole) {
  auto wanted = configuration::defaults();
  EXPECT_FALSE(sync_options(wanted).feed.signing);
  const auto unsigned_wait = sync_options(wanted).feed.longpoll;
  wanted.feed.auth = wanted.cloud.auth = configuration::Auth::sigv4;
  wanted.feed.url.text = "https://abc.execute-api.eu-west-1.amazonaws.com/prod/shoppers";
  wanted.cloud.url.text = "https://cloud.example";
  wanted.cloud.region = "eu-west-3";
  wanted.cloud.assume_role_arn = "arn:aws:iam::123456789012:role/cloud";
  wanted.aws.external_id = "store/7";
  const auto options = sync_options(wanted);
  ASSERT_TRUE(options.feed.signing && options.cloud.signing);
  EXPECT_EQ(options.feed.signing->region, "eu-west-1");
  EXPECT_EQ(options.feed.signing->service, "execute-api");
  EXPECT_EQ(options.cloud.signing->region, "eu-west-3");
  EXPECT_FALSE(options.cloud.signing->has_keys());
  EXPECT_LT(options.feed.longpoll, std::chrono::seconds(29)) << "as API Gateway allows";
  EXPECT_GT(unsigned_wait, std::chrono::seconds(29));
  EXPECT_TRUE(options.aws.shared.wanted);
  EXPECT_EQ(options.aws.shared.used_for, "feed queries");
  EXPECT_FALSE(options.aws.feed.wanted);
  EXPECT_TRUE(options.aws.cloud.wanted);
  EXPECT_EQ(options.aws.cloud.role.arn, wanted.cloud.assume_role_arn);
  EXPECT_EQ(options.aws.cloud.role.region, "eu-west-3");
  EXPECT_EQ(options.aws.cloud.role.external_id, "store/7");
  wanted.aws.sts_url.text = "https://sts.example";
  EXPECT_EQ(sync_options(wanted).aws.cloud.role.region, wanted.jwo.region);
}

TEST(Options, TellTheGateWhenItsCacheIsTooOld) {
  auto wanted = configuration::defaults();
  wanted.gate.stale_after = milliseconds(1234);
  wanted.gate.when_stale = configuration::WhenStale::reject;
  wanted.gate.accepted_id = gate::AcceptedId::shopper;
  const gate::GateOptions options = gate_options(wanted);
  EXPECT_EQ(options.stale_after, milliseconds(1234));
  EXPECT_TRUE(options.reject_when_stale);
  EXPECT_EQ(options.accepted_id, gate::AcceptedId::shopper);
}

TEST(Options, GiveTheGateWhatItsConnectorsNeed) {
  auto wanted = configuration::defaults();
  EXPECT_EQ(gate_options(wanted).key_channels, std::vector<std::string>{"OPTICAL"});
  EXPECT_EQ(gate_options(wanted).code_time, nullptr);
  EXPECT_EQ(gate_options(wanted).log_calls_per_second, 50U);
  EXPECT_TRUE(gate_options(wanted).shopper_authorization);
  wanted.gate.path_prefix = "/prod";
  wanted.gate.identity_keys_per_second = 7;
  wanted.gate.code_time_pattern = "([0-9]{10})";
  wanted.gate.code_max_age = milliseconds(1234);
  wanted.gate.shopper_authorization = false;
  wanted.gate.authorization_fallback = gate::AuthorizationFallback::deny;
  wanted.gate.deny_outstanding = false;
  const gate::GateOptions options = gate_options(wanted);
  EXPECT_EQ(options.path_prefix, "/prod");
  EXPECT_EQ(options.identity_keys_per_second, 7U);
  ASSERT_NE(options.code_time, nullptr);
  EXPECT_TRUE(options.code_time->read("1711126800"));
  EXPECT_EQ(options.code_max_age, milliseconds(1234));
  EXPECT_FALSE(options.shopper_authorization);
  EXPECT_EQ(options.authorization.fallback, gate::AuthorizationFallback::deny);
  EXPECT_FALSE(options.authorization.deny_outstanding);
}

}  // namespace
}  // namespace gatehouse::process
