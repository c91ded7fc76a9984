// What a look for work costs in a ledger that is full of it: told by SQLite's own count of steps.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store/sql/ledger_migrations.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/migrations.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

using Order = LedgerReader::Order;

constexpr std::size_t slots = 16;
const WallTime now = at(10'000);
const WallTime later = at(50'000);
const WallTime far_off = at(10'000) + std::chrono::hours{24};

class Backlog : protected LedgerFixture {
 public:
  /// Trips with a cart and a payment record that are both pending, and what Amazon is to be told.
  explicit Backlog(int trips, WallTime cart_next, WallTime record_next = now) {
    require(ledger->begin());
    for (int i = 0; i < trips; ++i) add(fmt::format("trip-{}", i), cart_next, record_next);
    require(ledger->commit());
  }

  /// What one look for work of a lane reads, and what it takes of it.
  std::int64_t cost(Lane lane) {
    const auto before = reader->steps();
    const auto newest =
        require(reader->due_deliveries(lane, now, wait_max, Order::newest_first, 2 * slots));
    const auto oldest =
        require(reader->due_deliveries(lane, now, wait_max, Order::oldest_first, 2 * slots));
    for (std::size_t i = 0; i < std::min(slots, newest.size()); ++i) {
      (void)require(reader->delivery(newest[i]));
    }
    (void)require(reader->next_delivery_due(lane));
    found_ = newest.size() + oldest.size();
    return reader->steps() - before;
  }
  [[nodiscard]] std::size_t found() const { return found_; }

 private:
  void add(const std::string& trip_id, WallTime cart_next, WallTime record_next) {
    const auto sequence = require(ledger->append(make_cart(trip_id))).sequence;
    SettlementChange change;
    change.trip_sequence = sequence;
    change.to = SettlementState::captured;
    change.at = at(5'500);
    change.payment_record = "{\"record\":1}";
    change.payment_status = "{\"status\":1}";
    require(ledger->move_settlement(change));
    const std::int64_t cart = 3 * sequence - 2;
    if (cart_next != now) wait(cart, cart_next);
    if (record_next != now) wait(cart + 2, record_next);
  }
  void wait(std::int64_t id, WallTime next) {
    require(
        ledger->record_attempt({id, DeliveryState::pending, at(6'000), next, "500", std::nullopt}));
  }

  std::size_t found_ = 0;
};

struct Case {
  const char* name;
  WallTime cart_next;
  WallTime record_next;
  std::size_t found_to_cloud;
};

class CostOfALook : public testing::TestWithParam<Case> {};

TEST_P(CostOfALook, DoesNotGrowWithTheBacklog) {
  const Case& tested = GetParam();
  Backlog small(1'000, tested.cart_next, tested.record_next);
  Backlog large(10'000, tested.cart_next, tested.record_next);
  for (const Lane lane : {Lane::cloud, Lane::feedback}) {
    const auto one = small.cost(lane);
    const auto ten = large.cost(lane);
    EXPECT_LT(ten, 3 * one) << one << " steps of a thousand trips";
    EXPECT_LT(one, 5'000) << "for " << 2 * slots << " records";
  }
  (void)large.cost(Lane::cloud);
  EXPECT_EQ(large.found(), tested.found_to_cloud);
}

INSTANTIATE_TEST_SUITE_P(
    Ledger, CostOfALook,
    testing::Values(Case{"carts_and_records_due", now, now, 4 * slots},
                    Case{"carts_in_backoff_and_records_due", later, now, 0},
                    Case{"carts_due_and_reports_in_backoff", now, later, 4 * slots},
                    Case{"all_in_backoff", later, later, 0},
                    Case{"carts_after_a_jump_of_the_clock", far_off, now, 4 * slots}),
    [](const auto& tested) { return std::string(tested.param.name); });

/// Charges that wait for a call, all from then on.
class Charges : protected LedgerFixture {
 public:
  Charges(int trips, WallTime next) {
    require(ledger->begin());
    for (int i = 0; i < trips; ++i) {
      SettlementChange change;
      change.trip_sequence = require(ledger->append(make_cart(fmt::format("trip-{}", i)))).sequence;
      change.to = SettlementState::adjust_due;
      change.at = at(5'500);
      change.next_attempt_at = next;
      require(ledger->move_settlement(change));
    }
    require(ledger->commit());
  }
  /// What one look for work reads, and what a probe is chosen of.
  std::int64_t cost() {
    const auto before = reader->steps();
    oldest_ = require(reader->due_settlements(now, wait_max, slots)).size();
    newest_ = require(reader->newest_due_settlements(now, wait_max, slots)).size();
    (void)require(reader->next_settlement_due());
    return reader->steps() - before;
  }
  /// What it found from either end.
  [[nodiscard]] std::pair<std::size_t, std::size_t> found() const { return {oldest_, newest_}; }

 private:
  std::size_t oldest_ = 0;
  std::size_t newest_ = 0;
};

TEST(CostOfALookForCharges, DoesNotGrowWithThoseThatWait) {
  using Found = std::pair<std::size_t, std::size_t>;
  const std::pair<WallTime, Found> cases[] = {
      {now, {slots, slots}}, {later, {0, 0}}, {far_off, {slots, 0}}};
  for (const auto& [next, found] : cases) {
    const auto one = Charges(1'000, next).cost();
    Charges large(10'000, next);
    EXPECT_LT(large.cost(), 3 * one) << one << " steps of a thousand charges";
    EXPECT_EQ(large.found(), found);
  }
}

class LedgerOfVersion2 : public testing::Test {
 protected:
  /// Trips a to c with a cart and a payment record each, as 0.1 left them.
  LedgerOfVersion2() {
    auto database = require(sqlite::Database::open(file, sqlite::Access::create));
    require(database.use_write_ahead_log());
    require(sqlite::migrate(database, sqlite::Migrations(sql::ledger_migrations).first(2)));
    require(database.execute(
        "INSERT INTO trip SELECT value, 'trip-' || value, 'p', 1, 1, 1, x'00', x'7b7d'"
        " FROM json_each('[1, 2, 3]');"
        "INSERT INTO delivery (trip_sequence, kind, state, idempotency_key, created_at_ms,"
        " next_attempt_ms) SELECT sequence, 1, sequence, trip_id || ':cart', 1, 1 FROM trip;"
        "INSERT INTO delivery (trip_sequence, kind, state, idempotency_key, payload,"
        " created_at_ms, next_attempt_ms)"
        " SELECT sequence, 2, 1, trip_id || ':payment', x'7b7d', 2, 2 FROM trip;"
        "INSERT INTO delivery (trip_sequence, kind, state, idempotency_key, payload,"
        " created_at_ms, next_attempt_ms) VALUES (1, 3, 1, 'r:refund', x'7b7d', 3, 3)"));
  }
  child::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "ledger.db";
};

TEST_F(LedgerOfVersion2, IsBroughtUpToDateWithTheOrderWithinItsTrips) {
  Ledger ledger = require(Ledger::open(file));
  LedgerReader reader = require(LedgerReader::open(file));
  const auto due = [&](Lane lane) {
    std::vector<std::int64_t> ids;
    for (const auto& each :
         require(reader.due_deliveries(lane, now, wait_max, Order::oldest_first, 100))) {
      ids.push_back(each.id);
      EXPECT_EQ(require(reader.delivery(each)).payload, "{}") << "it has no SHA-256 to be held to";
    }
    return ids;
  };
  EXPECT_EQ(due(Lane::cloud), (std::vector<std::int64_t>{1, 5, 6}))
      << "the record of trip 1 waits for its cart";
  EXPECT_EQ(due(Lane::amazon), std::vector<std::int64_t>{7});
  require(ledger.record_attempt({1, DeliveryState::delivered, at(9), {}, "", std::nullopt}));
  EXPECT_EQ(due(Lane::cloud), (std::vector<std::int64_t>{4, 5, 6}));
  EXPECT_TRUE(require(ledger.retry(3, at(9)))) << "the cart that was set aside";
  EXPECT_EQ(due(Lane::cloud), (std::vector<std::int64_t>{4, 5, 3}))
      << "and its record waits for it again";
}

}  // namespace
}  // namespace gatehouse::store
