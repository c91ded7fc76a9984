#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sync/feed/feed.hpp"
#include "tests/sync/feed/cache_fixture.hpp"
#include "tests/sync/transport/scripted_transport.hpp"

namespace gatehouse::sync {

inline std::string put(const std::string& id, const std::string& key) {
  return R"({"seq":0,"id":")" + id + R"(","doc":{"_id":")" + id +
         R"(","type":"shopper","shopperId":"S-)" + id + R"(","keys":[")" + key + R"("]}})";
}

inline std::string batch(const std::string& results, const std::string& last_seq,
                         const std::string& more = "") {
  return R"({"results":[)" + results + R"(],"last_seq":)" + last_seq + more + "}";
}

class FeedTest : public testing::Test {
 protected:
  FeedTest() { options_.url = "http://feed.example/shoppers"; }

  void start() {
    feed_.emplace(options_, writer_, transport_, clock_, [this] { return chance_; });
    turn();
  }
  void turn() { next_ = feed_->turn(); }
  void answer(int status, const std::string& body = "") {
    transport_.answer(status, body);
    turn();
  }
  void fail(Sent sent) {
    Reply reply;
    reply.sent = sent;
    reply.error = "broken";
    transport_.reply(reply);
    turn();
  }
  /// Lets the time pass that the feed wants to wait.
  void let_it_retry() {
    ASSERT_NE(next_, SteadyTime::max());
    clock_.advance(std::chrono::ceil<milliseconds>(next_ - clock_.steady()));
    turn();
  }
  void pass(milliseconds time) {
    clock_.advance(time);
    turn();
  }
  std::string asked() const {
    return transport_.waiting() == 0 ? "nothing" : transport_.request().url;
  }
  const FeedStatus& status() const { return feed_->status(); }
  /// Synced to cursor 2 with documents a and b, and waiting for more.
  void start_synced() {
    start();
    answer(200, batch(put("a", "k-a") + "," + put("b", "k-b"), "2", R"(,"pending":0)"));
    ASSERT_THAT(asked(), testing::HasSubstr("feed=longpoll"));
  }
  void refuse_cursor_until_probed() {
    for (int i = 0; i < 5; ++i) {
      ASSERT_THAT(asked(), testing::HasSubstr("since=2")) << "refusal " << i;
      answer(400, R"({"error":"bad_request"})");
      EXPECT_THAT(status().last_error, testing::HasSubstr("our cursor"));
      let_it_retry();
    }
  }

  CacheFixture cache_;
  store::CacheWriter writer_ = cache_.open_writer();
  ScriptedTransport transport_;
  ManualClock clock_;
  double chance_ = 0.999;
  FeedOptions options_;
  std::optional<Feed> feed_;
  SteadyTime next_;
};

}  // namespace gatehouse::sync
