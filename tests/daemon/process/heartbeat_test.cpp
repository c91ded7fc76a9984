#include "daemon/process/heartbeat.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "tests/daemon/process/service_manager.hpp"

namespace gatehouse::process {
namespace {

/// Stands still until the test moves it.
class StoppedClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return {}; }
  [[nodiscard]] SteadyTime steady() const override { return SteadyTime{milliseconds{now_ms}}; }
  std::atomic<std::int64_t> now_ms = 1'000'000;
};

class HeartbeatTest : public testing::Test {
 protected:
  HeartbeatTest() { ::setenv("WATCHDOG_USEC", "40000", 1); }  // four beats: every 10 ms
  ~HeartbeatTest() override { ::unsetenv("WATCHDOG_USEC"); }

  /// The first notification that is not `other`.
  std::string next_but(const std::string& other) {
    std::string message;
    do {
      message = manager.wait_next();
    } while (message == other);
    return message;
  }

  ServiceManager manager;
  StoppedClock clock;
};

TEST_F(HeartbeatTest, TellsAtOnceThatAThreadHangs) {
  std::atomic<std::uint64_t> turns = 0;
  const Heartbeat heartbeat(
      {{"gate", [&] { return ++turns; }}, {"sync", [] { return 7U; }}},
      [] { return std::string("well"); }, "well", clock);
  EXPECT_EQ(manager.wait_next(), "WATCHDOG=1");
  clock.now_ms += 2'501;
  EXPECT_EQ(next_but("WATCHDOG=1"), "WATCHDOG=trigger");
}

TEST_F(HeartbeatTest, HasPatienceWithAThreadWhoseWorkTakesLong) {
  std::atomic<std::uint64_t> turns = 0;
  const Heartbeat heartbeat(
      {{"gate", [&] { return ++turns; }},
       {"local", [] { return 7U; }, nullptr, milliseconds{30'000}}},
      [] { return std::string("well"); }, "well", clock);
  EXPECT_EQ(manager.wait_next(), "WATCHDOG=1");
  clock.now_ms += 29'000;
  EXPECT_EQ(manager.wait_next(), "WATCHDOG=1");
  clock.now_ms += 1'001;
  EXPECT_EQ(next_but("WATCHDOG=1"), "WATCHDOG=trigger");
}

TEST_F(HeartbeatTest, GoesOnWhileAThreadWaitsForTheDisk) {
  std::atomic<std::uint64_t> turns = 0;
  DiskTime disk;
  disk.enter(clock.steady());
  const Heartbeat heartbeat(
      {{"gate", [&] { return ++turns; }}, {"ledger", [] { return 7U; }, &disk}},
      [] { return std::string("well"); }, "well", clock);
  for (int beat = 0; beat < 5; ++beat) {
    EXPECT_EQ(manager.wait_next(), "WATCHDOG=1");
    clock.now_ms += 60'000;
  }
  disk.leave(clock.steady());
  clock.now_ms += 2'501;  // and now it computes
  EXPECT_EQ(next_but("WATCHDOG=1"), "WATCHDOG=trigger");
}

TEST_F(HeartbeatTest, GoesOnWhileEveryThreadTurns) {
  std::atomic<std::uint64_t> turns = 0;
  const Heartbeat heartbeat(
      {{"gate", [&] { return ++turns; }}}, [] { return std::string("well"); }, "well", clock);
  for (int beat = 0; beat < 5; ++beat) {
    EXPECT_EQ(manager.wait_next(), "WATCHDOG=1");
    clock.now_ms += 2'400;
  }
}

}  // namespace
}  // namespace gatehouse::process
