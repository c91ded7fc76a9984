// Every key of the table, one by one: its default, its variable, its type, its documentation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "daemon/configuration/model/value.hpp"
#include "tests/daemon/configuration/folder.hpp"

namespace gatehouse::configuration {
namespace {

std::string label(const testing::TestParamInfo<Field>& info) {
  return std::string(info.param.section) + "_" + std::string(info.param.key);
}

class EveryField : public testing::TestWithParam<Field> {};

TEST_P(EveryField, HasADefaultThatFits) {
  const Field& field = GetParam();
  Configuration configuration;
  const auto assigned = assign(field, configuration, value_from_text(field, field.initial));
  EXPECT_TRUE(assigned) << assigned.error();
}

TEST_P(EveryField, StandsInASectionThatIsDocumented) {
  const Field& field = GetParam();
  const bool known = std::ranges::any_of(
      sections(), [&](const Section& section) { return section.name == field.section; });
  EXPECT_TRUE(known);
  EXPECT_FALSE(field.doc.empty());
}

// A file that sets this key, in its last line, to this TOML value.
std::string file_with(const Field& field, const std::string& value) {
  std::string text = field.name() == "store.id" ? "[store]\n" : "[store]\nid = 'S'\n";
  if (field.section != "store") text += "[" + std::string(field.section) + "]\n";
  return text + std::string(field.key) + " = " + value + "\n";
}

TEST_P(EveryField, RefusesAValueOfAnotherTypeAndSaysWhatItExpects) {
  const Field& field = GetParam();
  const Folder folder;
  const std::string content = file_with(field, "1.5");  // no key takes a float
  const auto loaded = load(folder.write("gatehouse.toml", content), {});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), 1U);
  const auto line = std::to_string(std::ranges::count(content, '\n'));
  EXPECT_THAT(text_of(loaded.error(), folder),
              testing::StartsWith("gatehouse.toml:" + line + ": " + field.name() +
                                  " = (floating-point): expected "));
}

TEST_P(EveryField, IsReachedByItsOwnVariableAlone) {
  const Field& field = GetParam();
  // A line end fits no type at all, so exactly this key must complain.
  const std::string errors = errors_of("", {{field.variable(), "\n"}});
  Configuration scratch;
  if (std::holds_alternative<std::vector<std::string>*>(field.slot(scratch))) {
    EXPECT_EQ(errors, "environment: " + field.name() +
                          " = [\"\\u000A\"]: expected a list of text such as [\"A\", \"B\"]\n");
    return;
  }
  EXPECT_THAT(errors, testing::StartsWith("environment: " + field.name()));
  EXPECT_THAT(errors, testing::HasSubstr("expected "));
}

TEST_P(EveryField, IsWrittenAsItIsRead) {
  const Field& field = GetParam();
  // Its own default is not allowed to an id.
  const std::string written =
      field.name() == "store.id" ? R"("S \"1\"")" : value_text(field, defaults());
  const Folder folder;
  const auto loaded = load(folder.write("gatehouse.toml", file_with(field, written)), {});
  ASSERT_TRUE(loaded) << text_of(loaded.error(), folder);
  EXPECT_EQ(value_text(field, loaded->configuration), written);
}

INSTANTIATE_TEST_SUITE_P(Table, EveryField, testing::ValuesIn(fields().begin(), fields().end()),
                         label);

TEST(Fields, HaveTheDefaultsOfTheManual) {
  const std::map<std::string, std::string> expected = {
      {"store.id", R"("")"},
      {"store.also_known_as", "[]"},
      {"store.currency", R"("")"},
      {"store.state_dir", R"("/var/lib/gatehouse")"},
      {"store.reserve", R"("64MiB")"},
      {"gate.listen", R"("127.0.0.1:8080")"},
      {"gate.tls_certificate", R"("")"},
      {"gate.tls_key", R"("")"},
      {"gate.tls_client_ca", R"("")"},
      {"gate.bearer_token_file", R"("")"},
      {"gate.unknown_shopper", R"("reject")"},
      {"gate.ask_cloud_deadline", R"("300ms")"},
      {"gate.stale_after", R"("24h")"},
      {"gate.when_stale", R"("answer")"},
      {"gate.accepted_id", R"("code")"},
      {"gate.path_prefix", "\"\""},
      {"gate.key_channels", "[\"OPTICAL\"]"},
      {"gate.payload_types", "[]"},
      {"gate.identifier_types", R"(["UPC", "EAN", "BARCODE", "GTIN", "PLU", "ISBN", "EAN8"])"},
      {"gate.identity_keys_per_second", "0"},
      {"gate.code_time_pattern", "\"\""},
      {"gate.code_max_age", "\"1m\""},
      {"gate.shopper_authorization", "true"},
      {"gate.authorization_fallback", "\"recommendation\""},
      {"gate.deny_outstanding", "true"},
      {"gate.log_calls_per_second", "50"},
      {"gate.insecure", "false"},
      {"gate.max_connections", "1024"},
      {"gate.max_body", R"("1MiB")"},
      {"local.listen", R"("127.0.0.1:8081")"},
      {"local.control_socket", R"("/run/gatehouse/control.sock")"},
      {"feed.url", R"("")"},
      {"feed.auth", R"("none")"},
      {"feed.basic_file", R"("")"},
      {"feed.bearer_file", R"("")"},
      {"feed.client_certificate", R"("")"},
      {"feed.client_key", R"("")"},
      {"feed.ca_file", R"("")"},
      {"feed.region", R"("")"},
      {"feed.assume_role_arn", R"("")"},
      {"cloud.url", R"("")"},
      {"cloud.auth", R"("none")"},
      {"cloud.basic_file", R"("")"},
      {"cloud.bearer_file", R"("")"},
      {"cloud.client_certificate", R"("")"},
      {"cloud.client_key", R"("")"},
      {"cloud.ca_file", R"("")"},
      {"cloud.region", R"("")"},
      {"cloud.assume_role_arn", R"("")"},
      {"cloud.max_in_flight", "16"},
      {"cloud.timeout", R"("30s")"},
      {"cloud.grant", R"("optional")"},
      {"jwo.settlement", R"("none")"},
      {"jwo.region", R"("us-east-1")"},
      {"jwo.test_environment", "false"},
      {"jwo.payments_url", R"("")"},
      {"jwo.checkout_url", R"("")"},
      {"jwo.feedback_url", R"("")"},
      {"jwo.charge_max", R"("")"},
      {"jwo.partial_approval", R"("hold")"},
      {"jwo.charge_window", R"("46h")"},
      {"jwo.refund_window", R"("7d")"},
      {"jwo.unknown_capture", R"("hold")"},
      {"jwo.unvouched", R"("hold")"},
      {"jwo.report_payment_status", "false"},
      {"jwo.shopper_email", "false"},
      {"jwo.payment_status_time", R"("seconds")"},
      {"jwo.reconciliation_means_captured", "true"},
      {"aws.credentials", R"("environment")"},
      {"aws.credentials_file", R"("")"},
      {"aws.profile", R"("default")"},
      {"aws.credential_process", "[]"},
      {"aws.iot_endpoint", R"("")"},
      {"aws.iot_role_alias", R"("")"},
      {"aws.iot_thing_name", R"("")"},
      {"aws.iot_certificate", R"("")"},
      {"aws.iot_key", R"("")"},
      {"aws.iot_ca_file", R"("")"},
      {"aws.assume_role_arn", R"("")"},
      {"aws.external_id", R"("")"},
      {"aws.session_name", R"("")"},
      {"aws.sts_url", R"("")"},
      {"aws.sts_ca_file", R"("")"},
  };
  std::map<std::string, std::string> actual;
  for (const Field& field : fields()) actual[field.name()] = value_text(field, defaults());
  EXPECT_EQ(actual, expected);
}

TEST(Fields, HaveVariablesAsDocumented) {
  EXPECT_EQ(find_field("cloud", "url")->variable(), "GATEHOUSE_CLOUD_URL");
  EXPECT_EQ(find_field("local", "control_socket")->variable(), "GATEHOUSE_LOCAL_CONTROL_SOCKET");
}

}  // namespace
}  // namespace gatehouse::configuration
