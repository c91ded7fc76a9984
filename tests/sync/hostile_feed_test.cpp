// A stop while what a hostile feed or cloud has sent is being worked on.
#include <gmock/gmock.h>

#include <ctime>

#include "tests/sync/sync_thread_fixture.hpp"
#include "tests/sync/transport/raw_server.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr std::size_t answer_max_bytes = FeedOptions{}.answer_max_bytes;

/// As many keys as an answer can have: each is a row of the cache, at a place of its own.
std::string all_keys(std::size_t rows) {
  std::string body = R"({"results":[)";
  int key = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::string id = std::to_string(row);
    body += (row == 0 ? "" : ",") + (R"({"seq":1,"id":")" + id) +
            R"(","doc":{"type":"shopper","shopperId":"S","keys":[)";
    for (int i = 0; i < 256; ++i) {
      body += (i == 0 ? "\"" : ",\"") + std::to_string(++key) + "\"";
    }
    body += "]}}";
  }
  return body + R"(],"last_seq":1,"pending":0})";
}

class StopWhileParsing : public SyncThreadTest {
 protected:
  /// How long a stop takes that comes right when `body` has reached the sync thread.
  milliseconds time_of_stop(const std::string& body) {
    EXPECT_LE(body.size(), answer_max_bytes);
    std::atomic<bool> sent = false;
    RawServer feed([&](RawConnection& connection) {
      (void)connection.read_request();
      connection.send(answer(200, body));
      sent = true;
      connection.wait_closed();
    });
    options_.feed.url = feed.url("/shoppers");
    start();
    EXPECT_TRUE(eventually([&] { return sent.load(); }));
    // Nothing else computes here: it is amid what it makes of the answer.
    const auto then = std::clock();
    EXPECT_TRUE(eventually([&] { return std::clock() - then > CLOCKS_PER_SEC / 2; }));
    EXPECT_EQ(sync_->status().feed.changes_applied, 0U) << "the stop comes too late";
    const auto began = steady_clock::now();
    sync_->stop(2'000ms);
    return std::chrono::ceil<milliseconds>(steady_clock::now() - began);
  }
};

TEST_F(StopWhileParsing, OfAsManyKeysAsAnAnswerCanHaveTakesLessThanItsGrace) {
  const auto took = time_of_stop(all_keys(2'000));
  RecordProperty("milliseconds", static_cast<int>(took.count()));
  EXPECT_LT(took, 2'000ms);
  EXPECT_EQ(cache_.position_on_disk().cursor, "") << "it is asked for again";
}

}  // namespace
}  // namespace gatehouse::sync
