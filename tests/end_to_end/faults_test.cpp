// 2,000 trips while everything goes wrong that the simulator can make go wrong.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/refunds.hpp"
#include "tests/end_to_end/world.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

using testing::IsEmpty;

std::vector<std::string> all_faults(const std::vector<std::string>& currencies) {
  std::vector<std::string> options{"--scenario", GATEHOUSE_SCENARIOS "/everything.toml"};
  for (const auto& currency : currencies) {
    options.insert(options.end(), {"--currency", currency});
  }
  return options;
}

/// So many times the trips and the kills: `scripts/test --nightly` has the time for more.
unsigned times() {
  constexpr unsigned nightly = 10;
  return std::getenv("GATEHOUSE_NIGHTLY") == nullptr ? 1 : nightly;
}

/// The endpoints, of those named, that no fault came over.
std::vector<std::string> spared(const nlohmann::json& effects, std::vector<std::string> endpoints) {
  std::erase_if(endpoints, [&](const std::string& endpoint) {
    return effects.at("faults").value(endpoint, 0) > 0;
  });
  return endpoints;
}

/// A world, a box and a shop between which everything goes wrong.
class Faults : public testing::Test {
 protected:
  /// The gate on a unix socket keeps its address through the kills.
  [[nodiscard]] BoxOptions options(const World& world) const {
    BoxOptions options = attached_to(world);
    options.sets_clock = sets_clock;
    options.more = "[gate]\nlisten = \"" + gate().string() + "\"\n";
    return options;
  }
  [[nodiscard]] std::filesystem::path gate() const { return folder_.path() / "gate.sock"; }
  [[nodiscard]] std::filesystem::path report() const { return folder_.path() / "report.json"; }
  [[nodiscard]] Shop shop(Shop::Trips trips) const {
    trips.per_second = 50;
    trips.more = {"--same-cart-percent", "2", "--new-request-percent", "2",
                  "--reordered-percent", "2", "--late-percent",        "2"};
    return {"unix:" + gate().string(), trips, report()};
  }
  void kill_at_a_random_moment(Box& box, Shop& shop) {
    const std::chrono::milliseconds until(300 + random_() % 2400);
    (void)shop.finish(until / 2);
    if (sets_clock) box.set_clock(clock_errors.at(random_() % clock_errors.size()));
    (void)shop.finish(until / 2);
    box.kill();
    box.start();
  }
  /// The library that sets it cannot stand before a sanitizer's.
#ifdef GATEHOUSE_SANITIZED
  static constexpr bool sets_clock = false;
#else
  static constexpr bool sets_clock = true;
#endif
  /// Half of the time it is right. By more than five minutes Amazon refuses what it signs.
  static constexpr std::array<std::chrono::seconds, 12> clock_errors{
      0s, 0s, 0s, 0s, 0s, 0s, 3s, -20s, 200s, -10min, 3h, -50h};

  const unsigned seed_ = std::random_device{}();
  const testing::ScopedTrace trace_{__FILE__, __LINE__, "kills of seed " + std::to_string(seed_)};
  std::mt19937 random_{seed_};
  const child::TemporaryFolder folder_;
};

TEST_F(Faults, TwoThousandTripsWithRefundsAndTwentyKillsLoseAndDoubleNothing) {
  // At most two decimals: with three, each charge would wait for a person.
  const World world(all_faults({"USD", "JPY", "EUR"}));
  auto boxed = options(world);
  boxed.environment["GATEHOUSE_JWO_SHOPPER_EMAIL"] = "true";
  boxed.environment["GATEHOUSE_JWO_REPORT_PAYMENT_STATUS"] = "true";
  boxed.environment["GATEHOUSE_JWO_FEEDBACK_URL"] = world.url();
  Box box(boxed);
  box.start();
  auto shop = this->shop({.card = 1400 * times(), .app = 600 * times(), .seed = 5});
  Refunds refunds(box, world);
  for (unsigned kill = 0; kill < 20 * times(); ++kill) {
    const std::jthread till([&](const std::stop_token& stop) { refunds.ask(60, stop); });
    kill_at_a_random_moment(box, shop);
  }
  if (sets_clock) box.set_clock(0s);
  ASSERT_TRUE(shop.finish(120s)) << "a cart was not acknowledged within its retries";
  EXPECT_EQ(audit(world, {report()}, 400s, box.state() / "ledger.db"), "");

  refunds.ask(200);  // how many there were between the kills depends on the machine
  EXPECT_TRUE(eventually(
      [&] {
        refunds.ask(0);
        return refunds.open().empty();
      },
      60s))
      << "not taken: " << testing::PrintToString(refunds.open());
  EXPECT_GE(refunds.taken(), 200);
  EXPECT_TRUE(eventually(
      [&] {
        refunds.retry_set_aside();
        return world.effects().at("refunds") == refunds.taken();
      },
      120s))
      << world.effects().at("refunds") << " of " << refunds.taken() << " refunds reached Amazon";
  EXPECT_EQ(audit(world, {report()}, 120s, box.state() / "ledger.db"), "");

  const auto effects = world.effects();
  EXPECT_EQ(effects.at("double_captures"), 0);
  EXPECT_EQ(effects.at("signature_refusals"), 0);
  EXPECT_THAT(spared(effects, {"purchases", "records", "adjust", "capture", "transactional_data",
                               "refund", "shopper_identity", "payment_status"}),
              IsEmpty());
  const auto with_email = std::ranges::count_if(
      effects.at("records"), [](const auto& record) { return record.at("shopper_email") != ""; });
  EXPECT_GT(with_email, 50);
  EXPECT_GT(effects.at("status_reports"), 1000);
  for (const auto* currency : {"USD", "JPY", "EUR"}) {
    EXPECT_GT(effects.at("sums").at(currency).at("refunded_minor"), 10) << currency;
  }
}

TEST_F(Faults, SixHundredTripsOfTheCheckoutServiceAndEightKillsLoseAndDoubleNothing) {
  auto more = all_faults({"USD", "EUR"});  // two decimals, as the service demands
  more.emplace_back("--checkout");
  const World world(more);
  auto boxed = options(world);
  boxed.settlement = "checkout";
  Box box(boxed);
  box.start();
  auto shop = this->shop({.card = 420 * times(), .app = 180 * times(), .seed = 6});
  for (unsigned kill = 0; kill < 8 * times(); ++kill) kill_at_a_random_moment(box, shop);
  if (sets_clock) box.set_clock(0s);
  ASSERT_TRUE(shop.finish(120s)) << "a cart was not acknowledged within its retries";
  EXPECT_EQ(audit(world, {report()}, 240s, box.state() / "ledger.db", "checkout"), "");

  const auto effects = world.effects();
  EXPECT_GT(effects.at("checkouts"), 300);
  EXPECT_EQ(effects.at("signature_refusals"), 0);
  EXPECT_THAT(spared(effects, {"purchases", "carts"}), IsEmpty());
}

}  // namespace
}  // namespace gatehouse::end_to_end
