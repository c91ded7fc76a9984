// A state folder on a file system of a few megabytes, for which one has to be root.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/child/small_disk.hpp"
#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;

int post_cart(const Box& box, const std::string& trip) {
  return post(box.gate_port(), "/v1/order/purchases", cart(trip)).status;
}

TEST(FullDisk, TakesCartsFromTheReserveThenAsksForThemAgainAndHealsByItself) {
  Box box({.environment = {{"GATEHOUSE_STORE_RESERVE", "2MiB"}}});
  const child::SmallDisk disk(box.state(), "size=32m");
  if (!disk.mounted()) GTEST_SKIP() << "mounting a small file system needs root";
  box.start();
  ASSERT_TRUE(eventually(
      [&] {
        const auto metrics = get(box.local_port(), "/metrics").body;
        return metrics.contains("gatehouse_disk_reserve_bytes 2097152") &&
               metrics.contains("gatehouse_disk_free_bytes");
      },
      20s));
  disk.fill_with("filler");
  int taken = 0;
  while (post_cart(box, "full-" + std::to_string(taken)) == 201) {
    ASSERT_LT(++taken, 2'000) << "the disk is not full";
  }
  EXPECT_GE(taken, 10);
  EXPECT_EQ(post_cart(box, "refused"), 503);
  EXPECT_TRUE(eventually([&] { return get(box.local_port(), "/readyz/carts").status == 503; }, 5s));
  EXPECT_EQ(get(box.local_port(), "/readyz/scans").status, 200);
  EXPECT_EQ(post(box.gate_port(), "/v1/identity/scan", scan("1111-2222")).status, 200);
  EXPECT_TRUE(eventually(
      [&] { return box.command("status").second.contains("the reserve was given up"); }, 20s))
      << box.command("status").second;

  std::filesystem::remove(box.state() / "filler");
  EXPECT_TRUE(eventually([&] { return post_cart(box, "refused") == 201; }, 20s));
  EXPECT_TRUE(eventually([&] { return get(box.local_port(), "/readyz").status == 200; }, 20s));
  for (int i = 0; i < taken; ++i) {
    EXPECT_EQ(box.command("trip show full-" + std::to_string(i)).first, 0) << i;
    if (i == 20) break;
  }
  EXPECT_EQ(box.stop(), 0);
}

TEST(FullDisk, IsNoReasonNotToStartWithoutAReserve) {
  Box box({.environment = {{"GATEHOUSE_STORE_RESERVE", "64MiB"}}});
  const child::SmallDisk disk(box.state(), "size=100m");
  if (!disk.mounted()) GTEST_SKIP() << "mounting a small file system needs root";
  box.start();
  EXPECT_EQ(post_cart(box, "trip"), 201);
  EXPECT_TRUE(eventually(
      [&] { return box.command("status").second.contains("(store.reserve) are kept free"); }, 20s))
      << box.command("status").second;
  EXPECT_EQ(box.stop(), 0);
}

TEST(StateFiles, AreForTheDaemonAloneWhateverItsUmask) {
  const mode_t before = ::umask(0);
  Box box;
  box.start();
  EXPECT_EQ(post_cart(box, "trip"), 201);
  EXPECT_EQ(box.stop(), 0);
  std::filesystem::permissions(box.state() / "ledger.db", std::filesystem::perms(0644));
  std::filesystem::permissions(box.state(), std::filesystem::perms(0777));
  box.start();
  EXPECT_EQ(post_cart(box, "trip-2"), 201);
  const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(box.state())) {
    ++files;
    EXPECT_EQ(entry.status().permissions() & others, std::filesystem::perms::none) << entry.path();
  }
  EXPECT_GE(files, 7) << "ledger and cache with their logs, witness, key, lock";
  EXPECT_EQ(std::filesystem::status(box.state()).permissions(), std::filesystem::perms(0755));
  EXPECT_EQ(box.stop(), 0);
  ::umask(before);
}

}  // namespace
}  // namespace gatehouse::end_to_end
