// The feed client, as it runs in the daemon, against a real CouchDB-compatible server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/feed/feed.hpp"
#include "tests/child/child.hpp"
#include "tests/sync/feed/cache_fixture.hpp"
#include "tests/sync/feed/feed_server.hpp"
#include "tests/sync/transport/exchange.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::HasSubstr;

class FeedServerTest : public testing::Test {
 protected:
  FeedServerTest() {
    server_.create_database();
    options_.url = server_.url();
    options_.longpoll = 20s;
  }

  static std::string shopper(const std::string& id, int revision, const std::string& key) {
    return R"({"_id":"shopper:)" + id + R"(","_rev":")" + std::to_string(revision) +
           R"(-a","type":"shopper","shopperId":")" + id + R"(","keys":[")" + key + R"("]})";
  }
  static std::string tombstone(const std::string& id, int revision) {
    return R"({"_id":"shopper:)" + id + R"(","_rev":")" + std::to_string(revision) +
           R"(-a","_deleted":true})";
  }

  void start() {
    feed_.emplace(options_, writer_, *transport_, clock_, [] { return 0.1; });
  }
  /// As the sync thread's loop. False: `condition` did not hold within 20 s.
  template <class Condition>
  [[nodiscard]] bool run_until(const Condition& condition) {
    const auto deadline = steady_clock::now() + 20s;
    while (!condition()) {
      if (steady_clock::now() > deadline) return false;
      const auto next = std::min(feed_->turn(), steady_clock::now() + 20ms);
      transport_->poll(std::max(0ms, std::chrono::ceil<milliseconds>(next - steady_clock::now())));
    }
    return true;
  }
  [[nodiscard]] bool run_until_synced() {
    return run_until([this] {
      const auto& status = feed_->status();
      return status.position.complete && status.last_error.empty();
    });
  }
  [[nodiscard]] bool run_until_known(const std::string& key, const std::string& shopper_id) {
    return run_until([&] { return cache_.shopper_of(key) == shopper_id; });
  }
  const FeedStatus& status() const { return feed_->status(); }

  FeedServer server_;
  CacheFixture cache_;
  store::CacheWriter writer_ = cache_.open_writer();
  std::unique_ptr<CurlTransport> transport_ = open_transport();
  SystemClock clock_;
  FeedOptions options_;
  std::optional<Feed> feed_;
};

TEST_F(FeedServerTest, FillsAnEmptyCacheInBatches) {
  std::string documents = shopper("S-0", 1, "key-0");
  for (int i = 1; i < 25; ++i) {
    documents += "," + shopper("S-" + std::to_string(i), 1, "key-" + std::to_string(i));
  }
  server_.write(documents);
  options_.batch_max = 10;
  start();
  ASSERT_TRUE(run_until_synced());
  for (int i = 0; i < 25; ++i) {
    EXPECT_EQ(cache_.shopper_of("key-" + std::to_string(i)), "S-" + std::to_string(i));
  }
  EXPECT_EQ(status().changes_applied, 25U);
  EXPECT_EQ(cache_.position_on_disk().cursor, "25");
}

TEST_F(FeedServerTest, SyncsWithAnEmptyDatabase) {
  start();
  ASSERT_TRUE(run_until_synced());
  EXPECT_EQ(status().changes_applied, 0U);
  EXPECT_TRUE(status().position.synced_at.has_value());
}

TEST_F(FeedServerTest, HearsOfChangesWhileItWaits) {
  server_.write(shopper("S-1", 1, "old"));
  start();
  ASSERT_TRUE(run_until_synced());
  server_.write(shopper("S-1", 2, "new"));
  ASSERT_TRUE(run_until_known("new", "S-1"));
  EXPECT_EQ(cache_.shopper_of("old"), "");
  server_.write(tombstone("S-1", 3));
  ASSERT_TRUE(run_until_known("new", ""));
  server_.write(shopper("S-1", 4, "back"));
  ASSERT_TRUE(run_until_known("back", "S-1"));
}

TEST_F(FeedServerTest, HearsFromALongpollThatEndsEmptyThatNothingIsMissing) {
  options_.longpoll = 300ms;
  start();
  ASSERT_TRUE(run_until_synced());
  const auto first = status().position.synced_at;
  EXPECT_TRUE(run_until([&] { return status().position.synced_at > first; }));
  EXPECT_EQ(status().last_error, "");
}

TEST_F(FeedServerTest, KeepsOtherDocumentsOutOfTheWay) {
  server_.write(R"({"_id":"planogram:1","_rev":"1-a","type":"planogram","shelves":12},)"
                R"({"_id":"_design/x","_rev":"1-a","language":"javascript"},)"
                R"({"_id":"shopper:bad","_rev":"1-a","type":"shopper","keys":"none"},)" +
                shopper("S-1", 1, "key"));
  start();
  ASSERT_TRUE(run_until_synced());
  EXPECT_EQ(cache_.shopper_of("key"), "S-1");
  EXPECT_EQ(status().documents_ignored, 2U);
  EXPECT_EQ(status().flaws.of(FeedFlaw::shopper), 1U);
}

TEST_F(FeedServerTest, StepsOverADocumentThatIsLongerThanAnAnswerMayBe) {
  server_.write(shopper("S-1", 1, "key-1") + "," + shopper("S-2", 1, "key-2"));
  start();
  ASSERT_TRUE(run_until_synced());
  options_.answer_max_bytes = std::size_t{64} * 1024;
  feed_->reload(options_);
  const auto large = R"({"_id":"shopper:S-1","_rev":"2-a","type":"shopper","shopperId":"S-1",)"
                     R"("status":"BLOCKED","keys":["key-1"],"photo":")" +
                     std::string(90'000, 'x') + "\"}";
  server_.write(large + "," + shopper("S-3", 1, "key-3"));
  ASSERT_TRUE(run_until_known("key-3", "S-3"));
  EXPECT_EQ(cache_.find("key-1")->status, store::Status::blocked);
  EXPECT_EQ(cache_.find("key-2")->status, store::Status::active);
  EXPECT_EQ(status().flaws.of(FeedFlaw::too_large), 1U);
  ASSERT_TRUE(run_until_synced());
  server_.write(shopper("S-1", 3, "key-1"));
  EXPECT_TRUE(run_until([&] { return cache_.find("key-1")->status == store::Status::active; }));
}

TEST_F(FeedServerTest, ReadsWhatAServerPassesOnThatIsNoUnicode) {
  server_.write(R"({"_id":"planogram:1","_rev":"1-a","type":"planogram","name":"\ud83d"},)"
                R"({"_id":"shopper:S-1","_rev":"1-a","type":"shopper","shopperId":"S-1",)"
                R"("keys":["key-1"],"loyalty":{"name":"\udc00"}},)" +
                shopper("S-2", 1, "key-2"));
  start();
  ASSERT_TRUE(run_until_synced());
  EXPECT_EQ(cache_.shopper_of("key-1"), "S-1");
  EXPECT_EQ(cache_.shopper_of("key-2"), "S-2");
}

TEST_F(FeedServerTest, KnowsKeysInAnyScript) {
  const std::string key = "Zoë 日本 🛒 \\u00e9\\\"";
  server_.write(shopper("S-ü", 1, key));
  start();
  ASSERT_TRUE(run_until_synced());
  EXPECT_EQ(cache_.shopper_of("Zoë 日本 🛒 é\""), "S-ü");
}

TEST_F(FeedServerTest, GoesOnFromItsCursorAfterARestart) {
  server_.write(shopper("S-1", 1, "key-1"));
  start();
  ASSERT_TRUE(run_until_synced());
  feed_.reset();
  server_.write(shopper("S-2", 1, "key-2"));
  start();
  ASSERT_TRUE(run_until_known("key-2", "S-2"));
  EXPECT_EQ(status().changes_applied, 1U) << "the first document was not read again";
}

TEST_F(FeedServerTest, ComesBackWhenTheServerDoes) {
  server_.write(shopper("S-1", 1, "key-1"));
  start();
  ASSERT_TRUE(run_until_synced());
  server_.kill();
  ASSERT_TRUE(run_until([this] { return !status().last_error.empty(); }));
  EXPECT_EQ(cache_.shopper_of("key-1"), "S-1") << "the gate goes on";
  EXPECT_TRUE(cache_.position_on_disk().complete);

  server_.start_again();
  server_.create_database();
  server_.write(shopper("S-1", 1, "key-1") + "," + shopper("S-2", 1, "key-2"));
  ASSERT_TRUE(run_until_known("key-2", "S-2"));
  EXPECT_EQ(status().last_error, "");
}

TEST_F(FeedServerTest, SurvivesACursorThatTheServerDoesNotKnow) {
  const store::ShopperChange gone = store::ShopperPut{
      "shopper:S-9", "S-9", store::Role::shopper, store::Status::active, {"key-9"}, ""};
  ASSERT_TRUE(writer_.apply({&gone, 1}, {"77-g1AAAA-of-another-cluster", true, {}}).has_value());
  server_.write(shopper("S-1", 1, "key-1"));
  start();
  ASSERT_TRUE(run_until([this] { return !status().last_error.empty(); }));
  EXPECT_THAT(status().last_error, HasSubstr("400"));
  EXPECT_EQ(cache_.shopper_of("key-9"), "S-9") << "the gate goes on";
  ASSERT_TRUE(run_until([this] { return cache_.position_on_disk().cursor == "1"; }));
  EXPECT_EQ(cache_.shopper_of("key-1"), "S-1");
  EXPECT_EQ(cache_.shopper_of("key-9"), "");
  EXPECT_TRUE(run_until_synced());
}

TEST_F(FeedServerTest, KeepsTheCacheWhenTheDatabaseIsGone) {
  server_.write(shopper("S-1", 1, "key-1"));
  start();
  ASSERT_TRUE(run_until_synced());
  server_.delete_database();
  feed_->reload(options_);
  ASSERT_TRUE(run_until([this] { return status().last_error.contains("404"); }));
  // Several refusals, and the question from the start refused as well.
  const auto until = steady_clock::now() + 3s;
  ASSERT_TRUE(run_until([until] { return steady_clock::now() > until; }));
  EXPECT_EQ(cache_.shopper_of("key-1"), "S-1");
  EXPECT_EQ(cache_.position_on_disk().cursor, "1");
}

}  // namespace
}  // namespace gatehouse::sync
