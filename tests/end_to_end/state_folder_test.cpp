// gatehoused without its state folder, and beside others who have it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>

#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"
#include "tests/end_to_end/world.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;

TEST(StateFolderOfADaemon, AnswersScansWithoutAStateFolderAndTakesCartsOnceThereIsOne) {
  const World world;
  Box box(attached_to(world));
  std::ofstream{box.state()} << "a file stands in its place";
  box.start();
  EXPECT_EQ(post(box.gate_port(), "/v1/identity/scan", scan("1111")).status, 200);
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-1")).status, 503);
  EXPECT_EQ(get(box.local_port(), "/readyz").status, 503);
  const auto [status, text] = box.command("status");
  EXPECT_EQ(status, 1);
  EXPECT_THAT(text, HasSubstr("ledger failed since"));
  EXPECT_THAT(text, HasSubstr("an empty cache in memory stands in"));
  EXPECT_THAT(text, HasSubstr("store.state_dir"));

  std::filesystem::remove(box.state());
  EXPECT_TRUE(eventually(
      [&] { return post(box.gate_port(), "/v1/order/purchases", cart("trip-1")).status == 201; },
      30s));
  EXPECT_TRUE(eventually([&] { return get(box.local_port(), "/readyz").status == 200; }, 30s));
  const std::string cache_is_well = "gatehouse_part_state{part=\"cache\"} 0";
  EXPECT_TRUE(eventually(
      [&] { return get(box.local_port(), "/metrics").body.contains(cache_is_well); }, 30s));
  EXPECT_TRUE(std::filesystem::exists(box.state() / "cache.db"));
  EXPECT_EQ(box.stop(), 0);
}

TEST(StateFolderOfADaemon, WritesNothingBesideAnotherDaemonAndTakesItsCartsOnceThatIsGone) {
  Box first;
  first.start();
  EXPECT_EQ(post(first.gate_port(), "/v1/order/purchases", cart("trip-1")).status, 201);
  Box second({.environment = {{"GATEHOUSE_STORE_STATE_DIR", first.state().string()}}});
  std::filesystem::remove(first.state() / "lock");
  second.start();
  EXPECT_EQ(post(second.gate_port(), "/v1/identity/scan", scan("1111")).status, 200);
  const auto refused = post(second.gate_port(), "/v1/order/purchases", cart("trip-2"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(get(second.local_port(), "/readyz/carts").status, 503);
  EXPECT_THAT(second.command("status").second, HasSubstr("is in use"));
  EXPECT_EQ(post(first.gate_port(), "/v1/order/purchases", cart("trip-3")).status, 201);
  EXPECT_NE(first.command("trip show trip-2").first, 0);
  EXPECT_EQ(first.stop(), 0);
  EXPECT_TRUE(eventually(
      [&] { return post(second.gate_port(), "/v1/order/purchases", cart("trip-2")).status == 201; },
      30s));
  EXPECT_TRUE(eventually([&] { return second.command("trip show trip-3").first == 0; }, 30s));
  EXPECT_EQ(second.stop(), 0);
}

TEST(StateFolderOfADaemon, StopsInTimeWhileItWaitsForItsStateFolder) {
  Box box;
  std::ofstream{box.state()} << "a file stands in its place";
  box.start();
  EXPECT_EQ(box.stop(), 0);
  EXPECT_TRUE(std::filesystem::is_regular_file(box.state()));
}

TEST(StateFolderOfADaemon, WaitsForAStateFolderThatAStrangerHasLocked) {
  Box box;
  box.start();
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-1")).status, 201);
  ASSERT_EQ(box.stop(), 0);
  const int lock = ::open((box.state() / "lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(lock, LOCK_EX | LOCK_NB), 0);
  box.start();
  EXPECT_EQ(post(box.gate_port(), "/v1/identity/scan", scan("1111")).status, 200);
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-2")).status, 503);
  EXPECT_THAT(box.command("status").second, HasSubstr("is in use"));
  ::close(lock);
  EXPECT_TRUE(eventually([&] { return box.command("trip show trip-1").first == 0; }, 30s));
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-2")).status, 201);
}

TEST(StateFolderOfADaemon, TakesNoCartIntoAStateFolderThatWasMovedAway) {
  Box box;
  box.start();
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-1")).status, 201);
  const std::filesystem::path away = box.state().string() + ".away";
  std::filesystem::rename(box.state(), away);
  EXPECT_EQ(post(box.gate_port(), "/v1/order/purchases", cart("trip-2")).status, 503);
  EXPECT_EQ(post(box.gate_port(), "/v1/identity/scan", scan("1111")).status, 200);
  EXPECT_EQ(get(box.local_port(), "/readyz/carts").status, 503);
  EXPECT_THAT(box.command("status").second, HasSubstr("was moved away or replaced"));
  std::filesystem::rename(away, box.state());
  EXPECT_TRUE(eventually(
      [&] { return post(box.gate_port(), "/v1/order/purchases", cart("trip-2")).status == 201; },
      30s));
  EXPECT_EQ(box.command("trip show trip-1").first, 0);
}

}  // namespace
}  // namespace gatehouse::end_to_end
