#include "sync/credentials/key_ring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sync/transport/scripted_transport.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class KeyRingTest : public testing::Test {
 protected:
  KeyRingTest() {
    options.shared = of_source();
    options.shared.used_for = "charges and feed queries";
    options.cloud = of_source();
    options.cloud.used_for = "deliveries";
    options.cloud.role.arn = "arn:aws:iam::123456789012:role/cloud";
    options.cloud.role.region = "eu-west-1";
    options.cloud.role.key = "cloud.assume_role_arn";
  }
  static CredentialOptions of_source() {
    CredentialOptions keys;
    keys.wanted = true;
    keys.environment = {"AKIDENV", "env-secret", ""};
    return keys;
  }
  KeyRing& ring() {
    if (!ring_) {
      ring_.emplace(options, transport, [](const auto&) {}, clock, [] { return 0.5; });
      ring_->turn();
    }
    return *ring_;
  }
  std::string key_of(Signer signer) { return ring().usable(signer).access_key_id; }
  void assume(const std::string& key) {
    ASSERT_EQ(transport.waiting(), 1U);
    transport.answer(200, R"({"AssumeRoleResponse":{"AssumeRoleResult":{"Credentials":)"
                          R"({"AccessKeyId":")" +
                              key + R"(","SecretAccessKey":"s","SessionToken":"t","Expiration":)" +
                              std::to_string(to_unix_ms(clock.wall() + 1h) / 1000) + "}}}}");
  }

  KeyRingOptions options;
  ManualClock clock;
  ScriptedTransport transport;
  std::optional<KeyRing> ring_;
};

TEST_F(KeyRingTest, GivesWhoHasARoleOfItsOwnTheKeysOfThatAndNoOthers) {
  EXPECT_EQ(key_of(Signer::amazon), "AKIDENV");
  EXPECT_EQ(key_of(Signer::feed), "AKIDENV");
  EXPECT_EQ(key_of(Signer::cloud), "") << "not those of the source, meanwhile";
  EXPECT_THAT(transport.request().url, HasSubstr("sts.eu-west-1.amazonaws.com"));
  assume("ASIACLOUD");
  EXPECT_EQ(key_of(Signer::cloud), "ASIACLOUD");
  EXPECT_EQ(key_of(Signer::feed), "AKIDENV");
  EXPECT_EQ(ring().status(Signer::cloud).role, options.cloud.role.arn);
  EXPECT_EQ(ring().status(Signer::feed).used_for, "charges and feed queries");
  EXPECT_FALSE(ring().own_status(Signer::feed).wanted);
}

TEST_F(KeyRingTest, StopsNobodyElseForARoleThatCannotBeAssumed) {
  ring();
  transport.answer(400, "{}");
  EXPECT_EQ(key_of(Signer::cloud), "");
  EXPECT_THAT(ring().status(Signer::cloud).last_error, HasSubstr("check cloud.assume_role_arn"));
  EXPECT_EQ(key_of(Signer::amazon), "AKIDENV");
  EXPECT_EQ(ring().status(Signer::amazon).last_error, "");
}

TEST_F(KeyRingTest, FetchesAnewOnlyWhatWasRefused) {
  ring();
  assume("ASIACLOUD");
  clock.advance(1min);
  ring().refused("AKIDENV");
  ring().turn();
  EXPECT_EQ(transport.waiting(), 0U);
  ring().refused("ASIACLOUD");
  ring().turn();
  assume("ASIACLOUD2");
  EXPECT_EQ(key_of(Signer::cloud), "ASIACLOUD2");
}

TEST_F(KeyRingTest, GoesBackToTheKeysOfAwsWhereAReloadTakesTheRoleAway) {
  ring();
  assume("ASIACLOUD");
  options.cloud.wanted = false;
  ring().reload(options);
  EXPECT_EQ(key_of(Signer::cloud), "AKIDENV");
}

}  // namespace
}  // namespace gatehouse::sync
