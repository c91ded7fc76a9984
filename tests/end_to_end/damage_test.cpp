// A ledger that is full, and one of which pages are gone, beneath the real daemon.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "store/ledger/ledger.hpp"
#include "tests/end_to_end/box.hpp"
#include "tests/end_to_end/client.hpp"
#include "tests/end_to_end/world.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::end_to_end {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

using testing::HasSubstr;

class LedgerBeneath : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path ledger() const { return box_.state() / "ledger.db"; }
  [[nodiscard]] nlohmann::json status() const {
    return nlohmann::json::parse(get(box_.local_port(), "/local/v1/status").body);
  }
  [[nodiscard]] std::int64_t pending() const { return status().at("deliveries").at("pending"); }
  /// Its severity, '' where there is no such warning.
  [[nodiscard]] std::string warning(const std::string& code) const {
    const auto all = status();
    for (const auto& each : all.at("warnings")) {
      if (each.at("code") == code) return each.at("severity");
    }
    return "";
  }
  void make_ledger() {
    box_.start();
    ASSERT_EQ(box_.stop(), 0);
  }
  /// A cart of three pages, with the trip's name in the middle one.
  static std::string large_cart(const std::string& trip_id) {
    std::string body = cart(trip_id);
    return body.insert(body.size() - 1,
                       fmt::format(R"(,"note":"{}middle of {}{}")", std::string(6'000, 'a'),
                                   trip_id, std::string(6'000, 'z')));
  }

  const World world_;
  Box box_{options()};

 private:
  [[nodiscard]] BoxOptions options() const {
    BoxOptions options = attached_to(world_);
    options.environment["WATCHDOG_USEC"] = "3000000";  // as in gatehouse.service
    return options;
  }
};

/// What lay before the daemon in the morning after a day without a line.
void fill(const std::filesystem::path& file, int trips) {
  auto ledger = store::Ledger::open(file).value();
  const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  (void)ledger.begin().value();
  for (int i = 0; i < trips; ++i) {
    const auto trip_id = fmt::format("backlog-{}", i);
    const auto taken = ledger.append({.trip_id = trip_id,
                                      .purchase_id = "p-" + trip_id,
                                      .entry = store::Entry::card,
                                      .started_at = now,
                                      .received_at = now,
                                      .body = cart(trip_id),
                                      .first_settlement = store::SettlementState::awaiting_price});
    store::SettlementChange captured;
    captured.trip_sequence = taken.value().sequence;
    captured.to = store::SettlementState::captured;
    captured.at = captured.next_attempt_at = now;
    captured.payment_record = fmt::format(R"({{"tripId":"{}","status":"CAPTURED"}})", trip_id);
    (void)ledger.move_settlement(captured).value();
  }
  (void)ledger.commit().value();
}

TEST_F(LedgerBeneath, OfTenThousandTripsDrainsWhileEveryThreadTurns) {
  make_ledger();
  fill(ledger(), 10'000);
  const auto begin = std::chrono::steady_clock::now();
  box_.start();
  EXPECT_TRUE(eventually([&] { return pending() == 0; }, 240s)) << pending() << " still wait";
  const auto took = std::chrono::steady_clock::now() - begin;
  RecordProperty("deliveries_per_second",
                 static_cast<int>(20'000 / std::chrono::duration<double>(took).count()));
  EXPECT_EQ(status().at("deliveries").at("delivered"), 20'000);
  EXPECT_THAT(box_.log(), testing::Not(HasSubstr("no progress on thread")));
}

TEST_F(LedgerBeneath, WithAPageOfOneCartGoneSetsItAsideAndGoesOnWithTheOthers) {
  box_.start();
  world_.outage("cloud", "refuse", 3600s);
  for (int i = 0; i < 30; ++i) {
    ASSERT_EQ(
        post(box_.gate_port(), "/v1/order/purchases", large_cart(fmt::format("T{:02}", i))).status,
        201);
  }
  ASSERT_EQ(box_.stop(), 0);
  store::zero_page_with(ledger(), "middle of T11");
  store::flip_a_bit_at(ledger(), "middle of T22");
  world_.outage("cloud", "refuse", 0s);
  box_.start();
  EXPECT_TRUE(eventually([&] { return pending() == 0; }, 60s)) << pending() << " still wait";
  EXPECT_TRUE(eventually([&] { return world_.effects().at("captures") == 28; }, 60s))
      << world_.effects();
  EXPECT_EQ(warning("ledger_damaged"), "critical") << status();
  EXPECT_EQ(status().at("deliveries").at("damaged"), 2);
  EXPECT_EQ(post(box_.gate_port(), "/v1/order/purchases", cart("later")).status, 201);
  const auto listed = box_.command("records list --state set_aside").second;
  EXPECT_THAT(listed, HasSubstr("SHA-256"));
  EXPECT_THAT(listed, HasSubstr("SQLITE_CORRUPT"));
  const auto [retried, said] = box_.command("records retry 12");
  EXPECT_NE(retried, 0);
  EXPECT_THAT(said, HasSubstr("damaged"));
}

TEST_F(LedgerBeneath, WithPagesOfAnIndexGoneSaysSoWithinSecondsAndLosesNoSlot) {
  make_ledger();
  fill(ledger(), 300);
  store::zero_leaves_of(ledger(), "delivery_ready");
  box_.start();
  EXPECT_TRUE(eventually([&] { return warning("ledger_damaged") == "critical"; }, 10s)) << status();
  EXPECT_EQ(status().at("destinations").at("cloud").at("inFlight"), 0);
}

}  // namespace
}  // namespace gatehouse::end_to_end
