// What cannot be meant although each key by itself is well.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/configuration/model/address.hpp"
#include "daemon/configuration/rules/jwo_endpoints.hpp"
#include "daemon/configuration/rules/signed_endpoints.hpp"
#include "tests/daemon/configuration/folder.hpp"

namespace gatehouse::configuration {
namespace {

using testing::HasSubstr;

struct Impossible {
  std::string name;
  std::string toml;
  std::string error;  ///< what its one line contains
  Environment environment = {};
};
std::string name_of(const testing::TestParamInfo<Impossible>& info) {
  return info.param.name;
}

class ImpossibleRelation : public testing::TestWithParam<Impossible> {};
TEST_P(ImpossibleRelation, IsAnErrorThatNamesPlaceAndKey) {
  const std::string errors = errors_of(GetParam().toml, GetParam().environment);
  EXPECT_THAT(errors, HasSubstr(GetParam().error));
  EXPECT_EQ(std::ranges::count(errors, '\n'), 1) << errors;
}

const Impossible impossible[] = {
    {"certificate_without_key", "[gate]\ntls_certificate = '/dev/null'\n",
     "gatehouse.toml:4: gate.tls_certificate = \"/dev/null\": needs gate.tls_key too"},
    {"key_without_certificate", "[gate]\ntls_key = '/dev/null'\n",
     "gatehouse.toml:4: gate.tls_key = \"/dev/null\": needs gate.tls_certificate too"},
    {"client_ca_without_tls", "[gate]\ntls_client_ca = '/dev/null'\n",
     "gatehouse.toml:4: gate.tls_client_ca = \"/dev/null\": needs gate.tls_certificate"},
    {"open_gate", "[gate]\nlisten = '0.0.0.0:8080'\n",
     "gatehouse.toml:4: gate.listen = \"0.0.0.0:8080\": reachable from other machines without "
     "authentication"},
    {"open_gate_v6", "[gate]\nlisten = '[::]:8080'\n", "reachable from other machines"},
    {"prefix_without_slash", "[gate]\npath_prefix = 'prod'\n",
     "gatehouse.toml:4: gate.path_prefix = \"prod\": expected '' or a path such as /prod"},
    {"prefix_with_slash_at_its_end", "[gate]\npath_prefix = '/prod/'\n", "gate.path_prefix"},
    {"code_pattern_that_is_none", "[gate]\ncode_time_pattern = '('\n",
     "gate.code_time_pattern = \"(\": is no regular expression of RE2"},
    {"code_pattern_without_group", "[gate]\ncode_time_pattern = '[0-9]{10}'\n", "has 0 groups"},
    {"currency_that_is_none", "currency = 'dollar'\n",
     "store.currency = \"dollar\": expected three capital letters"},
    {"limit_that_is_no_amount", "[jwo]\ncharge_max = '5e2'\n",
     "jwo.charge_max = \"5e2\": expected an amount in store.currency"},
    {"limit_of_nothing", "[jwo]\ncharge_max = '0.00'\n", "jwo.charge_max"},
    {"limit_below_zero", "[jwo]\ncharge_max = '-5'\n", "jwo.charge_max"},
    {"limit_in_cents_of_yen", "currency = 'JPY'\n[jwo]\ncharge_max = '500.50'\n", "jwo.charge_max"},
    {"same_listener", "[gate]\nlisten = '127.0.0.1:8081'\n",
     "local.listen = \"127.0.0.1:8081\": is the same as gate.listen"},
    {"socket_too_long", "[local]\ncontrol_socket = '/" + std::string(120, 'x') + "'\n",
     "longer than 107 bytes"},
    {"socket_of_the_gate", "[gate]\nlisten = '/run/gatehouse/control.sock'\n",
     "local.control_socket = \"/run/gatehouse/control.sock\": is used by another listener"},
    {"basic_without_file", "[feed]\nauth = 'basic'\n",
     "gatehouse.toml:4: feed.auth = \"basic\": needs feed.basic_file: a file with user:password"},
    {"bearer_without_file", "[cloud]\nauth = 'bearer'\n",
     "cloud.auth = \"bearer\": needs cloud.bearer_file"},
    {"mtls_without_key", "[cloud]\nauth = 'mtls'\nclient_certificate = '/dev/null'\n",
     "cloud.auth = \"mtls\": needs cloud.client_key"},
    {"mtls_over_http",
     "[cloud]\nauth = 'mtls'\nurl = 'http://127.0.0.1'\nclient_certificate = "
     "'/dev/null'\nclient_key = '/dev/null'\n",
     "cloud.auth = \"mtls\": needs an https URL"},
    {"signed_without_region", "[feed]\nauth = 'sigv4'\nurl = 'https://x'\n[jwo]\nregion = ''\n",
     "feed.auth = \"sigv4\": needs feed.region: requests are signed for a region"},
    {"signed_for_no_region", "[feed]\nauth = 'sigv4'\nurl = 'https://x'\nregion = 'Ireland'\n",
     "feed.region = \"Ireland\": expected an AWS region such as us-east-1"},
    {"signed_for_another_region",
     "[cloud]\nauth = 'sigv4'\nregion = 'us-east-1'\n"
     "url = 'https://abc.execute-api.eu-west-1.amazonaws.com/prod'\n",
     "cloud.region = \"us-east-1\": cloud.url is in eu-west-1, which refuses"},
    {"signed_feed_with_a_path_that_cannot_be",
     "[feed]\nauth = 'sigv4'\nurl = 'https://x/shop%20pers'\n",
     "feed.url = \"https://x/shop%20pers\": cannot be signed: expected a path of letters"},
    {"signed_cloud_with_two_slashes", "[cloud]\nauth = 'sigv4'\nurl = 'https://x/prod//jwo'\n",
     "cloud.url = \"https://x/prod//jwo\": cannot be signed"},
    {"signed_with_no_role", "[cloud]\nauth = 'sigv4'\nassume_role_arn = 'gatehouse'\n",
     "cloud.assume_role_arn = \"gatehouse\": expected the ARN of a role"},
    {"half_a_client_certificate", "[feed]\nclient_key = '/dev/null'\n",
     "feed.client_key = \"/dev/null\": client_certificate and client_key go together"},
    {"asking_nobody", "[gate]\nunknown_shopper = 'ask_cloud'\n",
     "gate.unknown_shopper = \"ask_cloud\": needs cloud.url"},
    {"checkout_elsewhere", "[jwo]\nsettlement = 'checkout'\nregion = 'eu-west-1'\n",
     "jwo.region = \"eu-west-1\": Amazon documents no checkout service in this region, only in "
     "us-east-1, us-west-2. Or set jwo.checkout_url"},
    {"no_such_region", "[jwo]\nsettlement = 'payment'\nregion = 'mars-north-1'\n",
     "gatehouse.toml:5: jwo.region = \"mars-north-1\": Amazon documents no payment service in this "
     "region, only in us-east-1, us-west-2, eu-west-1, ap-southeast-1."},
    {"no_region", "[jwo]\nsettlement = 'payment'\nregion = ''\npayments_url = 'https://x'\n",
     "jwo.region = \"\": required"},
    {"half_a_key",
     "",
     "environment: AWS_SECRET_ACCESS_KEY: not set, but the other one is",
     {{"AWS_ACCESS_KEY_ID", "AKID"}}},
    {"user_in_url", "[cloud]\nurl = 'https://user:hunter2@cloud.example'\n",
     "gatehouse.toml:4: cloud.url: expected a URL without user and password"},
    {"query_in_url", "[cloud]\nurl = 'https://cloud.example/?a=b'\n",
     "expected a URL without ? and #"},
    {"query_is_not_repeated", "[cloud]\nurl = 'https://cloud.example/?token=hunter2'\n",
     "gatehouse.toml:4: cloud.url = \"https://cloud.example/?…\": expected"},
    {"unsigned_path", "[jwo]\nsettlement = 'payment'\npayments_url = 'https://x/a%20b'\n",
     "jwo.payments_url = \"https://x/a%20b\": cannot be signed: expected a path of letters"},
    {"unsigned_checkout", "[jwo]\nsettlement = 'checkout'\ncheckout_url = 'https://x/a+b'\n",
     "jwo.checkout_url = \"https://x/a+b\": cannot be signed"},
    {"signed_query", "[jwo]\nsettlement = 'payment'\npayments_url = 'https://x/?a'\n",
     "jwo.payments_url = \"https://x/?…\": expected a URL without ? and #"},
    {"signed_host", "[jwo]\nsettlement = 'payment'\npayments_url = 'https:///prod'\n",
     "jwo.payments_url = \"https:///prod\": expected an absolute http or https URL"},
    {"signed_scheme", "[jwo]\nsettlement = 'payment'\npayments_url = 'ftp://x/prod'\n",
     "expected an absolute http or https URL"},
    {"payload_type", "[gate]\npayload_types = ['PALM']\n",
     "gate.payload_types = [\"PALM\"]: each item is a name"},
    {"payload_type_of_amazon", "[gate]\npayload_types = ['FINANCIAL=app']\n",
     "FINANCIAL has another meaning already: it is card"},
    {"listen_name", "[gate]\nlisten = 'localhost:8080'\n",
     "gate.listen = \"localhost:8080\": expected \"127.0.0.1:8080\", \"[::1]:8080\" or"},
    {"listen_port", "[gate]\nlisten = '127.0.0.1:65536'\n", "gate.listen"},
    {"relative_state", "[local]\ncontrol_socket = 'control.sock'\n",
     "local.control_socket = \"control.sock\": expected an absolute path"},
    {"deadline_too_long", "[gate]\nask_cloud_deadline = '11s'\n",
     "gate.ask_cloud_deadline = \"11s\": expected a duration from 1ms to 10s"},
    {"body_too_small", "[gate]\nmax_body = '1B'\n",
     "gate.max_body = \"1B\": expected a size from 1KiB to 64MiB"},
};
INSTANTIATE_TEST_SUITE_P(Relations, ImpossibleRelation, testing::ValuesIn(impossible), name_of);

TEST(Relations, RequireAStoreId) {
  const Folder folder;
  const auto loaded = load(folder.write("gatehouse.toml", ""), {});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(text_of(loaded.error(), folder),
            "store.id = \"\": required: set it to the external id of this store in the merchant "
            "portal\n");
}

TEST(Relations, AllowAGateBeyondLoopbackWithProofOrOnPurpose) {
  const Folder folder;
  const auto token = folder.write("token", "secret\n").string();
  EXPECT_EQ(errors_of("[gate]\nlisten = '0.0.0.0:8080'\nbearer_token_file = '" + token + "'\n"),
            "");
  EXPECT_EQ(errors_of("[gate]\nlisten = '0.0.0.0:8080'\ntls_certificate = '/dev/null'\ntls_key = "
                      "'/dev/null'\ntls_client_ca = '/dev/null'\n"),
            "");
  EXPECT_TRUE(warns(load_right("[gate]\nlisten = '0.0.0.0:8080'\ninsecure = true\n"),
                    "gate.insecure", "0.0.0.0:8080"));
  EXPECT_EQ(errors_of("[gate]\nlisten = '/run/gatehouse/gate.sock'\n"), "");
  EXPECT_EQ(errors_of("[gate]\nlisten = '[::1]:8080'\n"), "");
}

TEST(Relations, KnowWhatOnlyThisMachineReaches) {
  for (const auto* address : {"127.0.0.1:80", "127.9.9.9:0", "[::1]:80", "/run/x.sock", ""}) {
    EXPECT_TRUE(is_local_only(address)) << address;
  }
  for (const auto* address : {"0.0.0.0:80", "[::]:80", "192.168.1.2:80", "nonsense"}) {
    EXPECT_FALSE(is_local_only(address)) << address;
  }
}

TEST(Relations, WarnOfWhatIsLeftToConfigure) {
  const auto bare = load_right("");
  EXPECT_TRUE(warns(bare, "feed.url"));
  EXPECT_TRUE(warns(bare, "cloud.url"));
  EXPECT_FALSE(warns(bare, "store.id"));
  EXPECT_TRUE(
      load_right("[feed]\nurl = 'https://a'\n[cloud]\nurl = 'https://b'\n").warnings.empty());
}

TEST(Relations, WarnOfWhatIsProbablyNotMeant) {
  EXPECT_TRUE(warns(load_right("[cloud]\nurl = 'http://cloud.example'\n"), "cloud.url", "http"));
  EXPECT_FALSE(warns(load_right("[cloud]\nurl = 'http://127.0.0.1:9'\n"), "cloud.url"));
  EXPECT_FALSE(warns(load_right("[cloud]\nurl = 'http://localhost:9'\n"), "cloud.url"));
  EXPECT_FALSE(warns(load_right("[cloud]\nurl = 'http://[::1]:9'\n"), "cloud.url"));
  EXPECT_TRUE(warns(load_right("[local]\nlisten = '0.0.0.0:8081'\n"), "local.listen"));
  EXPECT_TRUE(warns(load_right("[jwo]\ncheckout_url = 'https://x'\n"), "jwo.checkout_url"));
  EXPECT_TRUE(
      warns(load_right("[feed]\nclient_certificate = '/dev/null'\nclient_key = '/dev/null'\n"),
            "feed.client_certificate", "mtls"));
}

TEST(Signing, KnowsTheRegionOfAnApiGatewayFromItsHost) {
  const auto region = [](const std::string& url, const std::string& more = "") {
    const auto c = load_right("[jwo]\nregion = 'us-west-2'\n[feed]\nauth = 'sigv4'\nurl = '" + url +
                              "'\n" + more)
                       .configuration;
    return signing_region(c, c.feed);
  };
  EXPECT_EQ(region("https://abc123.execute-api.eu-west-1.amazonaws.com/prod"), "eu-west-1");
  EXPECT_EQ(region("https://abc123.execute-api.cn-north-1.amazonaws.com.cn"), "cn-north-1");
  EXPECT_EQ(region("https://vpce-01-ab.execute-api.eu-west-1.vpce.amazonaws.com/prod"),
            "eu-west-1");
  EXPECT_EQ(region("https://feed.example.com/prod"), "us-west-2") << "jwo.region";
  EXPECT_EQ(region("https://feed.example.com/prod", "region = 'eu-west-3'\n"), "eu-west-3");
  EXPECT_EQ(region("https://abc.execute-api.eu-west-1.amazonaws.com.evil.example/"), "us-west-2");
}

TEST(Signing, WarnsOfKeysThatAreMissingAndOfSettingsWithoutEffect) {
  const std::string signed_cloud = "[cloud]\nauth = 'sigv4'\nurl = 'https://x'\n";
  EXPECT_TRUE(warns(load_right(signed_cloud), "aws.credentials", "signed waits"));
  EXPECT_FALSE(warns(load_right("[cloud]\nauth = 'sigv4'\n"), "aws.credentials"));
  EXPECT_TRUE(warns(load_right("[cloud]\nregion = 'us-east-1'\n"), "cloud.region",
                    "has no effect unless cloud.auth is sigv4"));
  EXPECT_TRUE(
      warns(load_right("[feed]\nassume_role_arn = 'x'\n"), "feed.assume_role_arn", "sigv4"));
  EXPECT_EQ(errors_of(signed_cloud + "assume_role_arn = 'arn:aws:iam::123456789012:role/cloud'\n"
                                     "[aws]\nexternal_id = 'store/7'\n"),
            "")
      << "a role of the cloud has an external id, too";
}

TEST(Signing, SaysWhatWaitsWithoutTheKeysOfAws) {
  auto c = load_right("[jwo]\nsettlement = 'payment'\n").configuration;
  EXPECT_EQ(signed_with_aws(c), "charges");
  for (auto* endpoint : {&c.feed, static_cast<Endpoint*>(&c.cloud)}) {
    endpoint->auth = Auth::sigv4;
    endpoint->url.text = "https://x";
  }
  EXPECT_EQ(signed_with_aws(c), "charges, feed queries and deliveries");
  c.feed.assume_role_arn = "arn";
  EXPECT_EQ(signed_with_aws(c), "charges and deliveries");
  c.jwo.settlement = sync::SettlementMode::none;
  c.cloud.url.text.clear();
  EXPECT_EQ(signed_with_aws(c), "");
  EXPECT_TRUE(needs_aws(c)) << "to assume the feed's role";
}

TEST(Payment, IsReportedToAHostThatIsNeverGuessed) {
  const std::string reports =
      "[jwo]\nsettlement = 'payment'\nregion = 'us-east-1'\nreport_payment_status = true\n";
  const auto without = load_right(reports);
  EXPECT_TRUE(warns(without, "jwo.feedback_url", "feedback_url = "));
  EXPECT_EQ(without.configuration.jwo.feedback_url.text, "");
  EXPECT_FALSE(warns(load_right(reports + "feedback_url = 'https://x'\n"), "jwo.feedback_url"));
}

TEST(Payment, IsAtTheRegionsService) {
  const auto at = [](const std::string& toml) {
    return load_right("[jwo]\nsettlement = 'payment'\n" + toml).configuration.jwo.payments_url.text;
  };
  EXPECT_EQ(at(""), "https://us-east-1.payments.amazonphysicalstores.com");
  EXPECT_EQ(at("region = 'ap-southeast-1'\n"),
            "https://ap-southeast-1.payments.amazonphysicalstores.com");
  EXPECT_EQ(at("test_environment = true\n"),
            "https://us-east-1.test.payments.amazonphysicalstores.com");
  EXPECT_EQ(at("payments_url = 'http://127.0.0.1:1/'\nregion = 'mars'\n"), "http://127.0.0.1:1");
}

TEST(Payment, WarnsOfMissingCredentialsAndOfTheTestEnvironment) {
  const std::string payment = "[jwo]\nsettlement = 'payment'\n";
  EXPECT_TRUE(warns(load_right(payment), "aws.credentials"));
  const auto loaded =
      load_right(payment + "test_environment = true\n", {{"AWS_ACCESS_KEY_ID", "AKID"},
                                                         {"AWS_SECRET_ACCESS_KEY", "hunter2"},
                                                         {"AWS_SESSION_TOKEN", "token"}});
  EXPECT_FALSE(warns(loaded, "aws.credentials"));
  EXPECT_TRUE(warns(loaded, "AWS_SESSION_TOKEN", "cannot be renewed"));
  EXPECT_TRUE(warns(loaded, "jwo.test_environment", "no money moves"));
  EXPECT_EQ(loaded.configuration.aws.access_key_id.reveal(), "AKID");
  EXPECT_EQ(loaded.configuration.aws.secret_access_key.reveal(), "hunter2");
  EXPECT_EQ(loaded.configuration.aws.session_token.reveal(), "token");
}

TEST(Payment, WarnsOfLimitsThatAreMissingWithTheLineToAdd) {
  const auto bare = load_right("[jwo]\nsettlement = 'payment'\n");
  EXPECT_TRUE(warns(bare, "store.currency", "currency = \"USD\" below [store]"));
  EXPECT_TRUE(warns(bare, "jwo.charge_max", "charge_max = \"500.00\" below [jwo]"));
  const auto limited =
      load_right("currency = 'USD'\n[jwo]\nsettlement = 'payment'\ncharge_max = '500'\n");
  EXPECT_FALSE(warns(limited, "store.currency"));
  EXPECT_FALSE(warns(limited, "jwo.charge_max"));
  EXPECT_FALSE(warns(load_right(""), "store.currency")) << "it does not settle";
}

TEST(Payment, WarnsOfACurrencyWithMoreThanTwoDecimals) {
  const std::string payment = "\n[jwo]\nsettlement = 'payment'\n";
  EXPECT_TRUE(warns(load_right("currency = 'KWD'" + payment), "store.currency", "3 decimals"));
  EXPECT_FALSE(warns(load_right("currency = 'JPY'" + payment), "store.currency"));
}

TEST(InvokeUrl, KnowsTheRegionsOfEachService) {
  EXPECT_EQ(invoke_url(JwoService::checkout, "us-west-2", false),
            "https://us-west-2.checkout.amazonphysicalstores.com");
  EXPECT_EQ(invoke_url(JwoService::checkout, "us-west-2", true),
            "https://us-west-2.test.checkout.amazonphysicalstores.com");
  EXPECT_EQ(invoke_url(JwoService::checkout, "eu-west-1", false), std::nullopt);
  EXPECT_EQ(invoke_url(JwoService::payments, "eu-west-1", false),
            "https://eu-west-1.payments.amazonphysicalstores.com");
}

}  // namespace
}  // namespace gatehouse::configuration
