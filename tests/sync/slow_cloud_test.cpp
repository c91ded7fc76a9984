// A cloud that takes its time: how long an answer is waited for, and whom that holds back.
#include <gmock/gmock.h>

#include <mutex>
#include <vector>

#include "tests/sync/sync_thread_fixture.hpp"
#include "tests/sync/transport/raw_server.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class SlowCloud : public SyncThreadTest {};

TEST_F(SlowCloud, WaitsForASlowAnswerInsteadOfSendingTheCartAgain) {
  std::atomic<int> requests = 0;
  std::atomic<bool> may_answer = false;
  RawServer cloud([&](RawConnection& connection) {
    while (!connection.read_request().empty()) {
      ++requests;
      (void)eventually([&] { return may_answer.load(); });
      connection.send(answer(200, "{}"));
    }
  });
  options_.cloud.url = cloud.url("");
  start();
  take_cart("trip-1");
  ASSERT_TRUE(eventually([&] { return requests == 1; }));
  const auto turns = sync_->turns();
  ASSERT_TRUE(eventually([&] { return sync_->turns() > turns + 2; }));
  EXPECT_EQ(sync_->status().cloud.in_flight, 1U);
  may_answer = true;
  ASSERT_TRUE(eventually([this] { return counts().delivered == 1; }));
  EXPECT_EQ(requests, 1);
}

TEST_F(SlowCloud, SendsACartAgainThatIsNotAnsweredWithinTheTimeoutAndHoldsBackNoOther) {
  std::mutex mutex;
  std::vector<std::string> slow;  // the requests of trip-1
  RawServer cloud([&](RawConnection& connection) {
    for (std::string request; !(request = connection.read_request()).empty();) {
      bool first = false;
      if (request.contains("trip-1")) {
        const std::lock_guard lock(mutex);
        slow.push_back(request);
        first = slow.size() == 1;
      }
      if (first) return connection.wait_closed();
      connection.send(answer(200, "{}"));
    }
  });
  options_.cloud.url = cloud.url("");
  options_.cloud.timeout = 1s;
  options_.cloud.max_in_flight = 2;
  start();
  take_cart("trip-1");
  take_cart("trip-2");
  ASSERT_TRUE(eventually([this] { return counts().delivered >= 1; }));
  ASSERT_TRUE(eventually([this] { return counts().delivered == 2; }));
  const std::lock_guard lock(mutex);
  ASSERT_EQ(slow.size(), 2U);
  EXPECT_THAT(slow, testing::Each(HasSubstr("Idempotency-Key: trip-1")));
}

TEST_F(SlowCloud, HasRoomForTheDeliveriesThatAReloadAllows) {
  std::atomic<int> requests = 0;
  std::atomic<bool> may_answer = false;
  RawServer cloud([&](RawConnection& connection) {
    if (connection.read_request().empty()) return;
    ++requests;
    (void)eventually([&] { return may_answer.load(); });
    connection.send(answer(200, "{}"));
  });
  options_.cloud.url = cloud.url("");
  start();
  options_.cloud.max_in_flight = 300;
  sync_->reload(options_);
  for (int i = 0; i < 300; ++i) take_cart("trip-" + std::to_string(i));
  EXPECT_TRUE(eventually([&] { return requests == 300; })) << requests;
  EXPECT_EQ(sync_->status().cloud.failures, 0U);
  may_answer = true;
}

}  // namespace
}  // namespace gatehouse::sync
