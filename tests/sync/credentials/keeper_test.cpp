#include "sync/credentials/keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "sync/credentials/watch.hpp"
#include "tests/child/child.hpp"
#include "tests/sync/transport/scripted_transport.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A program that ends when the test says so.
class ScriptedProcess final : public ProcessRunner {
 public:
  void start(std::vector<std::string> started, Done answer) override {
    command = std::move(started);
    done = std::move(answer);
    ++starts;
  }
  void cancel() override {
    done = nullptr;
    ++cancels;
  }
  void end(Result<std::string> output) { std::exchange(done, nullptr)(std::move(output)); }

  std::vector<std::string> command;
  Done done;
  int starts = 0;
  int cancels = 0;
};

std::string sts_answer(const std::string& key, const std::string& expiration) {
  return R"({"AssumeRoleResponse":{"AssumeRoleResult":{"Credentials":{"AccessKeyId":")" + key +
         R"(","SecretAccessKey":"role-secret","SessionToken":"role-token","Expiration":)" +
         expiration + "}}}}";
}

class KeeperTest : public testing::Test {
 protected:
  KeeperTest() {
    options.wanted = true;
    options.environment = {"AKIDENV", "env-secret", ""};
    options.command = {"/bin/helper", "x"};
    options.iot.endpoint = "abc";
    options.iot.role_alias = "alias";
    options.role.region = "us-east-1";
    options.role.session_name = "gatehouse-1";
  }
  CredentialKeeper& keeper() {
    if (!keeper_) keeper_.emplace(options, transport, process, clock, [] { return 0.5; });
    return *keeper_;
  }
  /// Lets time pass as the sync thread would: turn by turn.
  void pass(milliseconds time) {
    const auto until = clock.steady() + time;
    for (auto next = keeper().turn(); next < until; next = keeper().turn()) {
      clock.advance(std::max(std::chrono::ceil<milliseconds>(next - clock.steady()), 1ms));
    }
    clock.advance(std::chrono::ceil<milliseconds>(until - clock.steady()));
    keeper().turn();
  }
  std::string key() {
    const auto* keys = keeper().usable();
    return keys == nullptr ? "" : keys->access_key_id;
  }
  [[nodiscard]] std::string in(milliseconds time) const {
    return std::to_string(to_unix_ms(clock.wall() + time) / 1000);
  }
  [[nodiscard]] std::string printed(const std::string& key, milliseconds life) const {
    return R"({"Version":1,"AccessKeyId":")" + key +
           R"(","SecretAccessKey":"s","SessionToken":"t","Expiration":")" + in(life) + "\"}";
  }
  std::string error() { return keeper().status().last_error; }

  CredentialOptions options;
  ManualClock clock;
  ScriptedTransport transport;
  ScriptedProcess process;
  std::optional<CredentialKeeper> keeper_;
};

TEST_F(KeeperTest, HasTheEnvironmentsKeysAtOnceAndForGood) {
  EXPECT_EQ(key(), "");
  keeper().turn();
  EXPECT_EQ(key(), "AKIDENV");
  pass(48h);
  EXPECT_EQ(key(), "AKIDENV");
  EXPECT_EQ(keeper().status().source, "environment");
  EXPECT_FALSE(keeper().status().expires_at);
}

TEST_F(KeeperTest, SaysWhatIsMissingInTheEnvironment) {
  options.environment.secret_access_key.clear();
  keeper().turn();
  EXPECT_EQ(keeper().usable(), nullptr);
  EXPECT_THAT(error(), HasSubstr("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
}

TEST_F(KeeperTest, AsksAgainWithinTwoMinutesWhateverRetryAfterSays) {
  options.role.arn = "arn:aws:iam::1:role/x";
  keeper().turn();
  ASSERT_EQ(transport.waiting(), 1U);
  Reply busy;
  busy.sent = Sent::answered;
  busy.status = 503;
  busy.retry_after = 900s;
  transport.reply(busy);
  pass(2min);
  EXPECT_EQ(transport.waiting(), 1U);
}

TEST_F(KeeperTest, FetchesNothingWhereNothingIsSigned) {
  options.wanted = false;
  options.source = CredentialSource::process;
  pass(1h);
  EXPECT_EQ(process.starts, 0);
  EXPECT_FALSE(keeper().status().wanted);
}

TEST_F(KeeperTest, RenewsBeforeTheKeysExpireAndUsesTheOldOnesMeanwhile) {
  options.source = CredentialSource::process;
  keeper().turn();
  EXPECT_EQ(process.command, options.command);
  EXPECT_EQ(keeper().usable(), nullptr);
  process.end(printed("AKID1", 1h));
  EXPECT_EQ(key(), "AKID1");
  pass(52min);
  EXPECT_EQ(process.starts, 1);
  pass(1min);  // 7.5 minutes before the end
  EXPECT_EQ(process.starts, 2);
  EXPECT_EQ(key(), "AKID1");
  process.end(printed("AKID2", 1h));
  EXPECT_EQ(key(), "AKID2");
}

TEST_F(KeeperTest, UsesTheLastGoodKeysUntilTheyReallyExpire) {
  options.source = CredentialSource::process;
  keeper().turn();
  process.end(printed("AKID1", 1h));
  const auto until = clock.steady() + 1h;
  pass(53min);
  int failures = 0;
  for (; clock.steady() < until; pass(100ms)) {
    if (process.done) {
      process.end(failure(Remedy::retry, "exited with status 1"));
      ++failures;
    }
    if (clock.steady() < until) {
      ASSERT_EQ(key(), "AKID1");
    }
  }
  EXPECT_GT(failures, 6);
  EXPECT_LT(failures, 40);
  EXPECT_EQ(key(), "");
  EXPECT_THAT(error(), HasSubstr("/bin/helper: exited with status 1"));
  EXPECT_FALSE(keeper().status().expires_at);
  // And takes new ones as soon as there are some, within the two minutes of the longest delay.
  pass(2min);
  ASSERT_TRUE(process.done);
  process.end(printed("AKID2", 1h));
  EXPECT_EQ(key(), "AKID2");
  EXPECT_EQ(error(), "");
}

TEST_F(KeeperTest, RefusesKeysThatHaveExpiredOnTheirWay) {
  options.source = CredentialSource::process;
  keeper().turn();
  process.end(printed("AKID1", -1s));
  EXPECT_EQ(keeper().usable(), nullptr);
  EXPECT_THAT(error(), HasSubstr("expired already"));
}

TEST_F(KeeperTest, FetchesAtOnceWhenAmazonRefusesTheKeysInUseButNotTooOften) {
  options.source = CredentialSource::process;
  keeper().turn();
  process.end(printed("AKID1", 1h));
  pass(1min);
  keeper().refused("AKIDOLD");
  keeper().turn();
  EXPECT_EQ(process.starts, 1);
  keeper().refused("AKID1");
  keeper().turn();
  EXPECT_EQ(process.starts, 2);
  EXPECT_EQ(key(), "AKID1");
  process.end(printed("AKID1", 1h));
  for (int i = 0; i < 59; ++i) {
    keeper().refused("AKID1");
    pass(1s);
  }
  EXPECT_EQ(process.starts, 2);
  pass(2s);
  EXPECT_EQ(process.starts, 3);
}

TEST_F(KeeperTest, FetchesKeysEverMoreRarelyThatAreRefusedHoweverOftenTheyAreFetched) {
  options.source = CredentialSource::process;
  keeper().turn();
  process.end(printed("AKID1", 24h));
  const auto refuse_for = [this](milliseconds time) {
    for (const auto until = clock.steady() + time; clock.steady() < until; pass(10s)) {
      keeper().refused("AKID1");
      if (process.done) process.end(printed("AKID1", 24h));
    }
    return std::exchange(process.starts, 0);
  };
  EXPECT_LE(refuse_for(1h), 8) << "after 30 s, then after 1, 2, 4, 8 and 15 minutes";
  const int hourly = refuse_for(1h);
  EXPECT_GE(hourly, 3) << "and for ever every 15 minutes";
  EXPECT_LE(hourly, 4);
  if (process.done) process.end(printed("AKID1", 24h));
  pass(CredentialKeeper::refused_quiet);
  keeper().refused("AKID1");
  keeper().turn();
  EXPECT_EQ(process.starts, 1) << "it is another matter, and begins anew";
}

TEST_F(KeeperTest, RenewsInTimeWhatItRefetchesRarely) {
  options.source = CredentialSource::process;
  keeper().turn();
  process.end(printed("AKID1", 12min));
  for (const auto until = clock.steady() + 3h; clock.steady() < until; pass(10s)) {
    ASSERT_EQ(key(), "AKID1");
    keeper().refused("AKID1");
    if (process.done) process.end(printed("AKID1", 12min));
  }
}

TEST_F(KeeperTest, HasTheKeysAgainThatAClockWhichLeaptCalledExpired) {
  options.source = CredentialSource::process;
  keeper().turn();
  process.end(printed("AKID1", 1h));
  clock.step(2h);
  keeper().turn();
  EXPECT_EQ(key(), "");
  EXPECT_THAT(error(), HasSubstr("have expired"));
  pass(1min);
  ASSERT_TRUE(process.done);
  process.end(failure(Remedy::retry, "exited with status 1"));
  EXPECT_THAT(error(), HasSubstr("exited with status 1"));
  clock.step(-2h);
  keeper().turn();
  EXPECT_EQ(key(), "AKID1");
  EXPECT_EQ(error(), "");
}

TEST_F(KeeperTest, AssumesARoleWithTheKeysOfTheSource) {
  options.role.arn = "arn:aws:iam::123456789012:role/Role-B";
  keeper().turn();
  ASSERT_EQ(transport.waiting(), 1U);
  EXPECT_EQ(transport.request().signing->access_key_id, "AKIDENV");
  EXPECT_EQ(key(), "") << "the source's own keys are not what is wanted";
  transport.answer(200, sts_answer("ASIAROLE", in(1h)));
  EXPECT_EQ(key(), "ASIAROLE");
  EXPECT_EQ(keeper().status().role, options.role.arn);
  pass(53min);
  EXPECT_EQ(transport.waiting(), 1U) << "the role's keys are renewed";
}

TEST_F(KeeperTest, TriesARefusedRoleAgainWithinTwoMinutes) {
  options.role.arn = "arn:aws:iam::123456789012:role/Role-B";
  for (int i = 0; i < 20; ++i) {
    pass(2min);
    ASSERT_EQ(transport.waiting(), 1U);
    transport.answer(403, "AccessDenied");
    EXPECT_THAT(error(), HasSubstr("trust policy of arn:aws:iam::123456789012:role/Role-B"));
    keeper().turn();
    EXPECT_EQ(transport.waiting(), 0U) << "not at once";
  }
}

TEST_F(KeeperTest, AsksAwsIotAndThenSts) {
  options.source = CredentialSource::iot;
  options.iot.thing_name = "store-7";
  options.role.arn = "arn:aws:iam::123456789012:role/Role-B";
  keeper().turn();
  EXPECT_EQ(transport.request().url, "https://abc/role-aliases/alias/credentials");
  EXPECT_EQ(transport.request().headers.front().second, "store-7");
  EXPECT_FALSE(transport.request().signing);
  transport.answer(200, R"({"credentials":{"accessKeyId":"ASIAIOT","secretAccessKey":"s",)"
                        R"("sessionToken":"t","expiration":")" +
                            in(1h) + "\"}}");
  EXPECT_EQ(transport.request().signing->access_key_id, "ASIAIOT");
  EXPECT_EQ(transport.request().signing->session_token, "t");
  transport.answer(200, sts_answer("ASIAROLE", in(1h)));
  EXPECT_EQ(key(), "ASIAROLE");
}

TEST_F(KeeperTest, ReadsTheFileAgainWhenItChangesAndKeepsTheOldKeysWhereItIsBroken) {
  const child::TemporaryFolder folder;
  options.source = CredentialSource::file;
  options.profile = "store";
  options.file = folder.path() / "credentials";
  const auto write = [this](const std::string& key) {
    std::ofstream(options.file) << "[store]\naws_access_key_id=" << key
                                << "\naws_secret_access_key=secret\n";
  };
  pass(1min);
  EXPECT_THAT(error(), HasSubstr("cannot be read"));
  write("AKIDFILE1");
  pass(6s);
  EXPECT_EQ(key(), "AKIDFILE1");
  std::ofstream(options.file) << "broken\n";
  pass(6s);
  EXPECT_EQ(key(), "AKIDFILE1");
  EXPECT_THAT(error(), HasSubstr("credentials:1: expected key = value"));
  write("AKIDFILE22");
  pass(6s);
  EXPECT_EQ(key(), "AKIDFILE22");
  EXPECT_EQ(error(), "");
}

TEST_F(KeeperTest, GoesToItsNewSourceAfterAReloadAndUsesTheOldKeysUntilThatAnswers) {
  keeper().turn();
  options.source = CredentialSource::process;
  keeper().reload(options);
  keeper().turn();
  EXPECT_EQ(process.starts, 1);
  EXPECT_EQ(key(), "AKIDENV");
  // A second one forgets what the first began.
  keeper().reload(options);
  EXPECT_EQ(process.cancels, 1);
  keeper().turn();
  EXPECT_EQ(process.starts, 2);
  process.end(printed("AKID1", 1h));
  EXPECT_EQ(key(), "AKID1");
}

TEST_F(KeeperTest, ForgetsWhatItAskedForWhenItStops) {
  options.source = CredentialSource::iot;
  keeper().turn();
  keeper().stop();
  EXPECT_EQ(transport.waiting(), 0U);
  EXPECT_GT(keeper().turn(), clock.steady());
  EXPECT_EQ(transport.waiting(), 0U);
}

TEST(CredentialWatch, NoticesKeysThatAmazonRefusesAndPassesEverythingOn) {
  ScriptedTransport transport;
  std::vector<std::string> refused;
  CredentialWatch watch(transport, [&](std::string_view key) { refused.emplace_back(key); });
  int replies = 0;
  const auto send = [&](int status, const std::string& body, bool signs = true) {
    Request request;
    if (signs) request.signing = AwsSigning{"r", "s", "AKID", "secret", ""};
    watch.start(request, [&](const Reply& reply) { replies += reply.status == status; });
    transport.answer(status, body);
  };
  send(200, "ExpiredToken");
  send(403, "Forbidden");
  send(403, "ExpiredToken", false);
  EXPECT_TRUE(refused.empty());
  send(403, "The security token included in the request is expired");
  EXPECT_THAT(refused, testing::ElementsAre("AKID"));
  EXPECT_EQ(replies, 4);
  watch.cancel(watch.start({}, [](const Reply&) {}));
  EXPECT_EQ(transport.waiting(), 0U);
}

}  // namespace
}  // namespace gatehouse::sync
