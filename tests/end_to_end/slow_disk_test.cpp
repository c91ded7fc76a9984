// A disk that holds a single fsync for seconds: the gate answers, nothing restarts.
#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;
using testing::Not;

TEST(SlowDisk, EndsNoProcessAndKeepsNoScanWaiting) {
  const child::TemporaryFolder folder;
  const auto held = folder.path() / "held";
  Box box({.environment = {{"LD_PRELOAD", GATEHOUSE_HELD_DISK},
                           {"TEST_HOLD_DISK", held.string()},
                           {"WATCHDOG_USEC", "3000000"}}});
  box.start();
  std::ofstream{held} << "held";
  std::jthread cart_thread(
      [&] { EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-1")).status, 201); });
  // What a watchdog that counts the disk's time as ours does after 2.5 s.
  EXPECT_FALSE(box.daemon().wait_notification("WATCHDOG=trigger", 4s));
  EXPECT_EQ(post(box.gate_port(), "/v1/identity/scan", scan("1111-2222")).status, 200);
  EXPECT_THAT(get(box.local_port(), "/metrics").body, HasSubstr("gatehouse_disk_wait_seconds"));
  std::filesystem::remove(held);
  cart_thread.join();
  EXPECT_THAT(box.log(), Not(HasSubstr("no progress")));
  EXPECT_EQ(box.stop(), 0);
}

}  // namespace
}  // namespace gatehouse::end_to_end
