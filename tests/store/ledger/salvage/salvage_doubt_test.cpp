// Rows of which a part is left, or two versions, or of whose table the end is not known.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/store/ledger/salvage/salvage_fixture.hpp"

namespace gatehouse::store {
namespace {

TEST_F(LedgerSalvage, ReadsAsFarAsTheTableItselfGoesWhereNothingElseTellsOfIt) {
  change(
      "UPDATE trip SET sequence = sequence + 5000 WHERE sequence > 10;"
      "DELETE FROM sqlite_sequence WHERE name = 'trip'");
  damage([&] {
    (void)zero_leaves_of(file, "sqlite_autoindex_trip_1");
    (void)zero_leaves_of(file, "trip", 1);
  });
  const auto report = require(salvage());
  EXPECT_LT(trips - of(report, "trip").taken, 40) << "the leaves behind it are read";
}

TEST_F(LedgerSalvage, TakesNoRowTwiceWhereTheEndOfItsTableIsGoneToo) {
  change("DELETE FROM sqlite_sequence WHERE name = 'trip'");
  damage([&] {
    (void)zero_leaves_of(file, "sqlite_autoindex_trip_1");
    (void)zero_leaves_of(file, "trip", -1);
  });
  const auto report = require(salvage());
  EXPECT_EQ(of(report, "trip").left_out, 0);
  EXPECT_TRUE(of(report, "trip").has_unread_end);
}

TEST_F(LedgerSalvage, CountsARefundForEachTripThatItMayBeOf) {
  capture(8);
  damage([&] {
    const std::string older = contents(file);
    change("UPDATE refund SET trip_sequence = 8");
    const auto leaf = static_cast<std::size_t>(leaves_of(file, "refund").front() - 1) * page_size;
    const std::string changed = contents(file).substr(leaf, page_size);
    std::ofstream(file, std::ios::binary) << older;
    overwrite(file, leaf, changed);
  });
  (void)require(salvage());
  auto after = require(Ledger::open(made));
  require(after.begin());
  EXPECT_EQ(require(after.refund(refund(7, "b", 600))), RefundOutcome::too_much);
  EXPECT_EQ(require(after.refund(refund(8, "c", 600))), RefundOutcome::too_much);
}

TEST_F(LedgerSalvage, CountsARefundThatIsReadInPartAsAllThatWasCaptured) {
  damage([&] {
    break_column(file, "refund", 1, "amount_minor");
    // Neither its delivery nor what tells of that.
    (void)zero_leaves_of(file, "delivery");
    (void)zero_leaves_of(file, "delivery_by_trip");
    (void)zero_leaves_of(file, "refund_by_trip");
  });
  const auto report = require(salvage());
  EXPECT_EQ(of(report, "refund").left_out, 1);
  auto after = require(Ledger::open(made));
  require(after.begin());
  EXPECT_EQ(require(after.refund(refund(7, "b", 600))), RefundOutcome::too_much);
}

TEST_F(LedgerSalvage, CountsALostRefundOfALostChargeAsMoreThanAnyPriceThatComesLater) {
  damage([&] {
    (void)zero_leaves_of(file, "settlement");
    (void)zero_leaves_of(file, "refund");
  });
  (void)require(salvage());
  {
    auto database = require(sqlite::Database::open(made, sqlite::Access::create));
    require(
        database.execute("UPDATE settlement SET state = 10, amount_minor = 999,"
                         " currency = 'USD' WHERE trip_sequence = 7"));
  }
  auto after = require(Ledger::open(made));
  require(after.begin());
  EXPECT_EQ(require(after.refund(refund(7, "b", 999))), RefundOutcome::too_much);
}

TEST_F(LedgerSalvage, WithholdsAChargeThatIsReadInPartWhateverIsAccepted) {
  damage([&] { break_column(file, "settlement", 7, "cancels_left"); });
  const auto report = require(salvage());
  EXPECT_EQ(of(report, "settlement").partly, 1);
  {
    auto after = require(LedgerReader::open(made));
    const auto charge = require(after.settlement(7)).value();
    EXPECT_EQ(charge.state, SettlementState::held);
    EXPECT_TRUE(charge.charge_unclear && charge.withheld && charge.was_withheld);
    EXPECT_EQ(charge.cancels_left, 1);
  }
  {
    auto after = require(Ledger::open(made));
    require(after.begin());
    EXPECT_TRUE(require(after.accept_gaps(now, 10'000)));
    require(after.commit());
  }
  auto after = require(LedgerReader::open(made));
  EXPECT_TRUE(require(after.settlement(7)).value().withheld);
  EXPECT_FALSE(require(after.settlement(9)).value().withheld);
  auto database = require(sqlite::Database::open(made, sqlite::Access::create));
  require(database.execute("UPDATE settlement SET state = 10 WHERE trip_sequence = 7"));
  auto ledger_after = require(Ledger::open(made));
  require(ledger_after.begin());
  EXPECT_EQ(require(ledger_after.refund(refund(7, "b", 1))), RefundOutcome::too_much);
}

}  // namespace
}  // namespace gatehouse::store
