// What the ledger keeps of how much a charge may be, and what excludes what in it.
#include <gtest/gtest.h>

#include "store/sql/ledger_migrations.hpp"
#include "store/sqlite/migrations.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

using State = SettlementState;

class LedgerAmounts : public testing::Test, protected LedgerFixture {
 protected:
  LedgerAmounts() {
    append(make_cart("t-1"));
    (void)require(ledger->price("t-1", {1599, "USD"}, at(6'000)));
  }
  Settlement settlement() { return trip("t-1").settlement.value(); }
  SettlementChange to(State state) {
    SettlementChange change;
    change.trip_sequence = settlement().trip_sequence;
    change.from = settlement().state;
    change.to = state;
    change.at = at(7'000);
    change.next_attempt_at = at(8'000);
    return change;
  }
  void move(State state) { require(ledger->move_settlement(to(state))); }
  void refuses(State state) {
    const auto refused = ledger->move_settlement(to(state));
    ASSERT_FALSE(refused) << to_text(state);
    EXPECT_EQ(refused.error().remedy, Remedy::reject);
  }
};

TEST_F(LedgerAmounts, CountsEachAdjustInTheCommitOfItsIntent) {
  const auto intent = to(State::adjust_sent);
  require(ledger->move_settlement(intent));
  require(ledger->move_settlement(intent));
  EXPECT_EQ(settlement().adjusts_sent, 1) << "the same change twice";
  EXPECT_TRUE(require(ledger->recover_settlement(1, at(9'000))));
  EXPECT_EQ(settlement().adjusts_sent, 1);
  move(State::adjust_sent);
  auto failed = to(State::adjust_due);
  failed.adjusts_not_counted = 1;
  require(ledger->move_settlement(failed));
  EXPECT_EQ(settlement().adjusts_sent, 2);
  EXPECT_EQ(settlement().adjusts_not_counted, 1);
  move(State::held);
  EXPECT_EQ(settlement().adjusts_not_counted, 1);
  move(State::adjust_due);
  EXPECT_EQ(settlement().adjusts_not_counted, 1) << "a person gives the limit anew, nobody else";
}

TEST_F(LedgerAmounts, KeepsApprovalPartAndConfirmationUntilTheyAreReplaced) {
  move(State::adjust_sent);
  auto approved = to(State::capture_due);
  approved.approved = Money{500, "USD"};
  approved.part = Money{500, "USD"};
  require(ledger->move_settlement(approved));
  move(State::held);
  auto confirmed = to(State::capture_due);
  confirmed.confirmed = Money{1599, "USD"};
  require(ledger->move_settlement(confirmed));
  EXPECT_EQ(settlement().approved, (Money{500, "USD"}));
  EXPECT_EQ(settlement().part, (Money{500, "USD"}));
  EXPECT_EQ(settlement().confirmed, (Money{1599, "USD"}));
  move(State::held);
  move(State::adjust_due);
  EXPECT_EQ(settlement().part, std::nullopt) << "the whole price is asked for again";
  EXPECT_EQ(settlement().approved, (Money{500, "USD"}));
}

TEST_F(LedgerAmounts, TakesNoIntentToChargeOnceACancelMayHaveLeft) {
  move(State::held);
  move(State::cancel_due);
  move(State::cancel_sent);
  auto not_done = to(State::cancel_due);
  not_done.cancel_not_done = true;
  require(ledger->move_settlement(not_done));
  EXPECT_EQ(settlement().cancels_left, 0) << "it surely had no effect";
  move(State::cancel_sent);
  move(State::held);
  EXPECT_EQ(settlement().cancels_left, 1);
  move(State::adjust_due);
  refuses(State::adjust_sent);
  move(State::held);
  move(State::capture_due);
  refuses(State::capture_sent);
  move(State::held);
  move(State::cancel_due);
  move(State::cancel_sent);
}

TEST_F(LedgerAmounts, TakesNoIntentToAdjustWhileACaptureMayHaveCharged) {
  move(State::adjust_sent);
  move(State::capture_sent);
  move(State::capture_unknown);
  move(State::held);
  move(State::adjust_due);
  refuses(State::adjust_sent);
}

class EmptyCart : public testing::Test, protected LedgerFixture {
 protected:
  EmptyCart() {
    auto empty = make_cart("t-1", "{}");
    empty.purchase_id.clear();
    empty.first_settlement = State::cancel_due;
    append(empty);
  }
  Settlement settlement() { return trip("t-1").settlement.value(); }
  void move(State state) {
    require(ledger->move_settlement({.trip_sequence = settlement().trip_sequence,
                                     .from = settlement().state,
                                     .to = state,
                                     .at = at(7'000),
                                     .next_attempt_at = at(7'000),
                                     .reason = "",
                                     .payment_record = {}}));
  }
  std::int64_t counted() { return require(reader->counts(at(0))).carts_after_empty; }
};

TEST_F(EmptyCart, IsHeldInsteadOfCancelledWhenOneWithItemsFollows) {
  const auto receipt = append(make_cart("t-1", "{\"items\":1}"));
  EXPECT_EQ(receipt.outcome, CartOutcome::differing);
  EXPECT_EQ(receipt.purchase_id, "") << "answered as the first one";
  EXPECT_EQ(settlement().state, State::held);
  EXPECT_EQ(settlement().held_from, State::cancel_due);
  EXPECT_TRUE(settlement().full_cart_followed);
  EXPECT_EQ(counted(), 1);
  EXPECT_EQ(require(reader->counts(at(0))).last_trip_after_empty, "t-1");
  EXPECT_EQ(require(ledger->price("t-1", {0, "USD"}, at(8'000))), PriceOutcome::not_priced)
      << "the cloud's answer to the empty one";
  append(make_cart("t-1", "{\"items\":1}"));
  EXPECT_EQ(counted(), 1) << "the same one again";
  move(State::cancel_due);
  append(make_cart("t-1", "{\"items\":2}"));
  EXPECT_EQ(settlement().state, State::cancel_due) << "a person has decided";
  EXPECT_EQ(counted(), 0);
}

TEST_F(EmptyCart, IsToldOfWhenItsCancelMayHaveLeft) {
  move(State::cancel_sent);
  append(make_cart("t-1", "{\"items\":1}"));
  EXPECT_EQ(settlement().state, State::cancel_sent);
  EXPECT_TRUE(settlement().full_cart_followed);
  EXPECT_EQ(counted(), 1);
  EXPECT_EQ(require(reader->counts(at(6'000))).carts_after_empty, 0) << "long ago";
}

TEST_F(EmptyCart, IsNothingNewAfterAnotherEmptyOneOrAFullOne) {
  auto empty = make_cart("t-1", "{ }");
  empty.purchase_id.clear();
  append(empty);
  append(make_cart("t-2"));
  append(make_cart("t-2", "{\"items\":1}"));
  EXPECT_EQ(settlement().state, State::cancel_due);
  EXPECT_FALSE(settlement().full_cart_followed);
  EXPECT_EQ(counted(), 0);
}

TEST(LedgerMigration, LetsACaptureThatAnOlderReleaseWasAboutToMakeGoOn) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "ledger.db";
  {
    auto database = require(sqlite::Database::open(file, sqlite::Access::create));
    require(sqlite::migrate(database, sqlite::Migrations(sql::ledger_migrations).first(2)));
    require(database.execute(
        "INSERT INTO trip VALUES (1, 't-1', 'p', 1, 1, 1, x'00', x'7b7d');"
        "INSERT INTO settlement (trip_sequence, state, started_at_ms, amount_minor, currency,"
        " next_attempt_ms, changed_at_ms) VALUES (1, 4, 1, 1599, 'USD', 1, 1)"));
  }
  auto ledger = require(Ledger::open(file));
  auto reader = require(LedgerReader::open(file));
  const auto settlement = require(reader.trip("t-1")).value().settlement.value();
  EXPECT_EQ(settlement.approved, (Money{1599, "USD"}));
  EXPECT_EQ(settlement.cancels_left, 0);
}

TEST(LedgerMigration, TakesWhatWasAboutToBeCapturedOnceForApprovedWhereverItIsNow) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "ledger.db";
  {
    auto database = require(sqlite::Database::open(file, sqlite::Access::create));
    require(sqlite::migrate(database, sqlite::Migrations(sql::ledger_migrations).first(2)));
    require(database.execute(
        "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 4)"
        " INSERT INTO trip SELECT i, 't-' || i, 'p', 1, 1, 1, x'00', x'7b7d' FROM n;"
        "INSERT INTO settlement (trip_sequence, state, started_at_ms, amount_minor, currency,"
        " next_attempt_ms, changed_at_ms, held_from) VALUES (1, 14, 1, 1599, 'USD', 1, 1, 5),"
        " (2, 13, 1, 1599, 'USD', 1, 1, NULL), (3, 2, 1, 1599, 'USD', 1, 1, NULL),"
        " (4, 13, 1, 1599, 'USD', 1, 1, 2);"
        "INSERT INTO settlement_history (trip_sequence, at_ms, state) VALUES (1, 1, 4), (2, 1, 5),"
        " (3, 1, 5), (3, 2, 14), (4, 1, 3)"));
  }
  auto ledger = require(Ledger::open(file));
  auto reader = require(LedgerReader::open(file));
  const auto approved = [&reader](const char* trip_id) {
    return require(reader.trip(trip_id)).value().settlement.value().approved;
  };
  for (const char* captured : {"t-1", "t-2", "t-3"}) {
    EXPECT_EQ(approved(captured), (Money{1599, "USD"})) << captured;
  }
  EXPECT_EQ(approved("t-4"), std::nullopt) << "it was adjusted, and never approved";
}

}  // namespace
}  // namespace gatehouse::store
