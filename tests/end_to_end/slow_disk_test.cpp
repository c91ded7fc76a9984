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

double seconds_held(const Box& box) {
  const std::string metrics = get(box.local_port(), "/metrics").body;
  const std::string sample = "gatehouse_disk_wait_seconds{thread=\"ledger\"} ";
  const auto at = metrics.find(sample);
  return at == std::string::npos ? 0 : std::stod(metrics.substr(at + sample.size()));
}

TEST(SlowDisk, EndsNoProcessAndKeepsNoScanWaiting) {
  const child::TemporaryFolder folder;
  const auto held = folder.path() / "held";
  Box box({.environment = {{"LD_PRELOAD", GATEHOUSE_HELD_DISK},
                           {"TEST_HOLD_DISK", held.string()},
                           {"WATCHDOG_USEC", "3000000"},
                           // A preloaded library comes before that of a sanitizer.
                           {"ASAN_OPTIONS", "verify_asan_link_order=0"}}});
  box.start();
  std::ofstream{held} << "held";
  std::jthread cart_thread(
      [&] { EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-1")).status, 201); });
  ASSERT_TRUE(eventually([&] { return seconds_held(box) > 0; }, 20s));
  // A watchdog that counts the disk's time as ours ends it after 2.5 s, and says so in the log.
  EXPECT_TRUE(eventually([&] { return seconds_held(box) > 4; }, 30s));
  EXPECT_EQ(post(box.gate_port(), "/v1/identity/scan", scan("1111-2222")).status, 200);
  std::filesystem::remove(held);
  cart_thread.join();
  EXPECT_THAT(box.log(), Not(HasSubstr("no progress on thread ledger")));
  EXPECT_EQ(box.stop(), 0);
}

}  // namespace
}  // namespace gatehouse::end_to_end
