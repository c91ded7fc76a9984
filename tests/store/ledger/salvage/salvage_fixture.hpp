#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "store/ledger/salvage/ledger_salvage.hpp"
#include "tests/store/fixture.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::store {

inline constexpr WallTime now{milliseconds{1'700'000'000'000}};

inline std::string name_of(int number) {
  return "trip-" + std::to_string(1000 + number);
}

/// 400 trips, of which the seventh is captured and has a refund of 6.00 USD.
class LedgerSalvage : public testing::Test, protected LedgerFixture {
 protected:
  static constexpr int trips = 400;
  LedgerSalvage() {
    require(ledger->begin());
    require(ledger->identify("a27aa5c5-578c-4765-bd30-a788ab51552f", at(1), std::nullopt));
    for (int i = 0; i < trips; ++i) {
      NewCart cart = make_cart(name_of(i), "{\"of\":\"" + name_of(i) + "\"}");
      cart.store_id = "STORE";
      (void)require(ledger->append(cart));
    }
    require(ledger->commit());
    capture(7);
    require(ledger->begin());
    EXPECT_EQ(require(ledger->refund(refund(7, "a", 600))), RefundOutcome::recorded);
    require(ledger->commit());
  }
  void move(int trip, SettlementState from, SettlementState to) {
    require(ledger->move_settlement({.trip_sequence = trip,
                                     .from = from,
                                     .to = to,
                                     .at = at(6'000),
                                     .next_attempt_at = at(6'000),
                                     .reason = "",
                                     .payment_record = {}}));
  }
  /// Of the trip with this sequence: 9.99 USD.
  void capture(int trip) {
    using enum SettlementState;
    require(ledger->begin());
    (void)require(ledger->price(name_of(trip - 1), Money{999, "USD"}, at(6'000)));
    move(trip, adjust_due, adjust_sent);
    move(trip, adjust_sent, capture_due);
    move(trip, capture_due, capture_sent);
    move(trip, capture_sent, details_due);
    move(trip, details_due, captured);
    require(ledger->commit());
  }
  static NewRefund refund(int trip, const std::string& request, std::int64_t minor) {
    return {.trip_id = name_of(trip - 1),
            .request_id = request,
            .amount = Money{minor, "USD"},
            .payload = "{}",
            .at = at(7'000)};
  }
  template <class Damage>
  void damage(const Damage& work) {
    reader.reset();
    ledger.reset();
    {
      auto database = require(sqlite::Database::open(file, sqlite::Access::create));
      require(database.execute("PRAGMA wal_checkpoint(TRUNCATE)"));
    }
    work();
  }
  Result<SalvageReport> salvage() {
    return salvage_ledger(
        file, {folder.path(), made, now, "STORE", [](std::string_view, std::string_view trip) {
                 return "purchase-" + std::string(trip);
               }});
  }
  static const SalvagedTable& of(const SalvageReport& report, const std::string& name) {
    for (const auto& table : report.tables) {
      if (table.name == name) return table;
    }
    throw std::runtime_error("no such table: " + name);
  }
  void change(const std::string& sql) {
    auto database = require(sqlite::Database::open(file, sqlite::Access::create));
    require(database.execute(sql));
    require(database.execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }

  std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator(folder.path()), {});
  }

  std::filesystem::path made = folder.path() / "made.db";
};

}  // namespace gatehouse::store
