// 2,000 trips while everything goes wrong that the simulator can make go wrong.
#include <gmock/gmock.h>

#include <random>

#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/world.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

constexpr int kills = 20;

std::vector<std::string> all_faults() {
  return {"--scenario", GATEHOUSE_SCENARIOS "/everything.toml",
          "--currency", "USD",
          "--currency", "JPY",
          "--currency", "KWD"};
}

// The gate on a unix socket keeps its address through the kills.
TEST(Faults, TwoThousandTripsWithEveryFaultAndTwentyKillsLoseAndDoubleNothing) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("kills of seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const child::TemporaryFolder folder;
  const World world(all_faults());
  BoxOptions options = attached_to(world);
  options.more = "[gate]\nlisten = \"" + (folder.path() / "gate.sock").string() + "\"\n";
  Box box(options);
  box.start();

  const auto report = folder.path() / "report.json";
  Shop shop("unix:" + (folder.path() / "gate.sock").string(),
            {.card = 1400,
             .app = 600,
             .seed = 5,
             .per_second = 50,
             .more = {"--same-cart-percent", "2", "--new-request-percent", "2",
                      "--reordered-percent", "2", "--late-percent", "2"}},
            report);
  for (int kill = 0; kill < kills; ++kill) {
    (void)shop.finish(std::chrono::milliseconds(300 + random() % 2400));
    box.kill();
    box.start();
  }
  ASSERT_TRUE(shop.finish(120s)) << "a cart was not acknowledged within its retries";
  EXPECT_EQ(audit(world, {report}, 240s, box.state() / "ledger.db"), "");

  const auto effects = world.effects();
  EXPECT_EQ(effects.at("double_captures"), 0);
  for (const auto* endpoint : {"purchases", "records", "adjust", "capture", "transactional_data"}) {
    EXPECT_GT(effects.at("faults").value(endpoint, 0), 0) << endpoint << " was spared";
  }
  EXPECT_EQ(effects.at("signature_refusals"), 0);
}

}  // namespace
}  // namespace gatehouse::end_to_end
