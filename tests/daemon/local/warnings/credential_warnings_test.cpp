#include "daemon/local/warnings/credential_warnings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<Warning> assessed(const Facts& facts) {
  std::vector<Warning> out;
  assess_credentials(facts, out);
  return out;
}

sync::CredentialStatus of_the_clouds_role(const Facts& facts) {
  auto keys = facts.process.sync.credentials;
  keys.role = "arn:aws:iam::123456789012:role/cloud";
  keys.used_for = "deliveries";
  return keys;
}

TEST(CredentialWarnings, SayWhatWaitsForTheKeys) {
  Facts facts = good_day();
  EXPECT_THAT(assessed(facts), IsEmpty());
  facts.process.settles = false;
  facts.process.has_credentials = false;
  facts.process.sync.credentials.used_for = "feed queries and deliveries";
  ASSERT_THAT(assessed(facts), SizeIs(1));
  EXPECT_EQ(assessed(facts)[0].code, "credentials_missing");
  EXPECT_THAT(assessed(facts)[0].text,
              HasSubstr("so feed queries and deliveries wait: they are being fetched"));
}

TEST(CredentialWarnings, NameTheRoleOfAFeedOrACloud) {
  Facts facts = good_day();
  auto& keys = facts.process.sync.cloud_credentials = of_the_clouds_role(facts);
  EXPECT_THAT(assessed(facts), IsEmpty());
  keys.last_error = "STS refused";
  ASSERT_THAT(assessed(facts), SizeIs(1));
  EXPECT_THAT(assessed(facts)[0].text,
              HasSubstr("credentials of arn:aws:iam::123456789012:role/cloud expire in 52 min and "
                        "cannot be renewed; after that deliveries wait: STS refused"));
  keys.usable = false;
  ASSERT_THAT(assessed(facts), SizeIs(1));
  EXPECT_THAT(assessed(facts)[0].text,
              HasSubstr("no AWS credentials of arn:aws:iam::123456789012:role/cloud, so deliveries "
                        "wait: STS refused"));
}

}  // namespace
}  // namespace gatehouse::local
