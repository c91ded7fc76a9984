// Feed and cloud behind an API Gateway that asks for IAM. Botocore verifies each signature, before
// a CouchDB-compatible feed and an orders endpoint, while tokens expire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "tests/sync/feed/feed_server.hpp"
#include "tests/sync/sync_thread_fixture.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class SignedEndpointsTest : public SyncThreadTest {
 protected:
  SignedEndpointsTest() {
    feed_server_.create_database();
    gateway_.emplace(child::Options{
        {"/usr/bin/python3", API_GATEWAY, folder_.path().string(), feed_server_.port()},
        {},
        {},
        {}});
    port_ = gateway_->wait_line("port ", 20s);
    AwsSigning signing;
    signing.region = "eu-west-1";
    signing.service = "execute-api";
    options_.feed.url = url("/prod/shoppers");
    options_.feed.longpoll = 20s;
    options_.feed.signing = signing;
    options_.cloud.url = url("/prod");
    options_.cloud.signing = signing;
    options_.aws.feed = role("feed");
    options_.aws.cloud = role("cloud");
  }

  [[nodiscard]] std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + port_ + path;
  }
  [[nodiscard]] static CredentialOptions source() {
    CredentialOptions keys;
    keys.wanted = true;
    keys.environment = {"AKIDSOURCE", "source/secret+x", ""};
    keys.used_for = "feed queries and deliveries";
    return keys;
  }
  [[nodiscard]] CredentialOptions role(const std::string& name) const {
    auto keys = source();
    keys.role.arn = "arn:aws:iam::123456789012:role/" + name;
    keys.role.session_name = "gatehouse-1";
    keys.role.sts_url = url("");
    keys.role.region = "eu-west-1";
    return keys;
  }

  void expire_tokens() { ASSERT_EQ(status_of(std::stoi(port_), "POST", "/-/expire", ""), 204); }
  void leap(milliseconds by) {
    clock_.leap(by);
    sync_->wake();
  }
  void write_shopper(int number) {
    const auto id = std::to_string(number);
    feed_server_.write(R"({"_id":"shopper:)" + id + R"(","_rev":"1-a","type":"shopper",)" +
                       R"("shopperId":"S-)" + id + R"(","keys":["key-)" + id + R"("]})");
  }
  [[nodiscard]] bool knows_shopper(int number) {
    const auto id = std::to_string(number);
    return cache_.shopper_of("key-" + id) == "S-" + id;
  }
  /// What the gateway wrote down.
  [[nodiscard]] std::vector<std::string> lines(const std::string& name) const {
    std::vector<std::string> all;
    std::ifstream file(folder_.path() / name);
    for (std::string line; std::getline(file, line);) all.push_back(line);
    return all;
  }
  [[nodiscard]] static bool is_about_expiry(const std::string& error, const std::string& who) {
    return error.contains(who + " answered 403: the AWS credentials have expired");
  }
  /// Asks the cloud as the gate does: the answer, or "none".
  [[nodiscard]] std::string ask() {
    std::atomic<bool> done = false;
    std::string answer;
    sync_->ask("/v1/identity/scan", "{}", 5'000ms, [&](std::optional<std::string> came) {
      answer = came.value_or("none");
      done = true;
    });
    EXPECT_TRUE(eventually([&done] { return done.load(); }));
    return answer;
  }

  FeedServer feed_server_;
  child::TemporaryFolder folder_;
  std::optional<child::Child> gateway_;
  std::string port_;
};

TEST_F(SignedEndpointsTest, GetEverythingOnceWhileTokensExpire) {
  constexpr int rounds = 4;
  constexpr int carts_a_round = 6;
  start();
  for (int round = 1; round <= rounds; ++round) {
    write_shopper(round);
    for (int cart = 0; cart < carts_a_round; ++cart) {
      take_cart("trip-" + std::to_string(round) + "-" + std::to_string(cart));
    }
    if (round > 1) {
      // The feed is refused once its wait is over, the cloud at the first cart.
      ASSERT_TRUE(eventually([&] {
        const auto status = sync_->status();
        return is_about_expiry(status.cloud.last_error, "the cloud") &&
               is_about_expiry(status.feed.last_error, "the feed");
      })) << "round "
          << round;
      EXPECT_EQ(ask(), "none");
      // Not more often than twice a minute, and more rarely what is soon refused again.
      leap(31s * (1 << (round - 2)));
    }
    ASSERT_TRUE(eventually([&] {
      return counts().delivered == std::int64_t{round} * carts_a_round && knows_shopper(round);
    })) << "round "
        << round << ": " << sync_->status().cloud.last_error << sync_->status().feed.last_error;
    EXPECT_EQ(ask(), R"({"action":"ACCEPT"})");
    expire_tokens();
  }
  EXPECT_EQ(counts().set_aside, 0);
  EXPECT_EQ(counts().pending, 0);
  const auto orders = lines("orders");
  EXPECT_THAT(orders, SizeIs(rounds * carts_a_round));
  EXPECT_THAT(std::set(orders.begin(), orders.end()), SizeIs(orders.size())) << "none twice";
  EXPECT_THAT(lines("refused"), Each(StartsWith("ExpiredTokenException ")));
  const auto feed = sync_->status().feed;
  EXPECT_EQ(feed.changes_applied, static_cast<std::uint64_t>(rounds)) << "nothing was read again";
  EXPECT_FALSE(feed.rebuilding);
}

TEST_F(SignedEndpointsTest, AreNeverRefusedWhereTokensAreRenewedInTime) {
  start();
  take_cart("trip-1");
  ASSERT_TRUE(eventually([this] { return counts().delivered == 1; }));
  ASSERT_TRUE(eventually([this] { return lines("assumed").size() == 2; }));
  leap(56min);
  ASSERT_TRUE(eventually([this] { return lines("assumed").size() == 4; }));
  write_shopper(1);
  take_cart("trip-2");
  ASSERT_TRUE(eventually([this] { return counts().delivered == 2 && knows_shopper(1); }));
  EXPECT_THAT(lines("refused"), IsEmpty());
}

TEST_F(SignedEndpointsTest, ShareTheKeysOfAwsWhereTheyHaveNoRole) {
  options_.aws = {.shared = source(), .feed = {}, .cloud = {}};
  start();
  write_shopper(1);
  take_cart("trip-1");
  ASSERT_TRUE(eventually([this] { return counts().delivered == 1 && knows_shopper(1); }));
  EXPECT_THAT(lines("assumed"), IsEmpty());
  EXPECT_THAT(lines("refused"), IsEmpty());
}

TEST_F(SignedEndpointsTest, WaitForKeysAndForTheRightRoleAndLoseNothing) {
  options_.aws = {.shared = source(), .feed = {}, .cloud = {}};
  options_.aws.shared.environment = {};
  start();
  write_shopper(1);
  take_cart("trip-1");
  ASSERT_TRUE(eventually([this] {
    const auto status = sync_->status();
    return status.cloud.last_error.contains("every delivery waits for AWS credentials: set AWS_") &&
           status.feed.last_error.contains("the feed waits for AWS credentials: set AWS_");
  }));
  EXPECT_FALSE(sync_->status().cloud.open);
  EXPECT_EQ(ask(), "none");
  EXPECT_THAT(lines("refused"), IsEmpty()) << "nothing is asked that cannot be signed";

  options_.aws = {.shared = {}, .feed = role("nobody"), .cloud = role("nobody")};
  sync_->reload(options_);
  ASSERT_TRUE(eventually([this] {
    const auto status = sync_->status();
    return status.cloud.last_error.contains("assumed-role/nobody lacks execute-api:Invoke") &&
           status.feed.last_error.contains("assumed-role/nobody lacks execute-api:Invoke");
  })) << sync_->status().cloud.last_error;
  EXPECT_EQ(counts().set_aside, 0);

  options_.aws = {.shared = {}, .feed = role("feed"), .cloud = role("cloud")};
  sync_->reload(options_);
  ASSERT_TRUE(eventually([this] {
    leap(100ms);
    return counts().delivered == 1 && knows_shopper(1);
  }));
  EXPECT_EQ(counts().set_aside, 0);
  EXPECT_THAT(lines("orders"), SizeIs(1));
}

}  // namespace
}  // namespace gatehouse::sync
