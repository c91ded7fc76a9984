#include "store/ledger/ledger.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "store/sqlite/database.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

class LedgerTest : public testing::Test, protected LedgerFixture {
 protected:
  Delivery cart_delivery(const std::string& trip_id) { return trip(trip_id).deliveries.at(0); }
  std::int64_t count(const std::string& sql) {
    auto database = require(sqlite::Database::open(file, sqlite::Access::read_only));
    return require(database.integer(sql));
  }
};

TEST_F(LedgerTest, KeepsACartByteForByteWithItsDeliveryAndItsSettlement) {
  const std::string body("{ \"x\" :\0 1}\r\n", 13);
  const CartReceipt receipt = append(make_cart("t-1", body));
  EXPECT_EQ(receipt.outcome, CartOutcome::recorded);
  EXPECT_EQ(receipt.purchase_id, "purchase-t-1");

  const auto due = this->due(Lane::cloud, at(5'000));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].payload, body);
  EXPECT_EQ(due[0].trip_sequence, receipt.sequence);
  EXPECT_EQ(due[0].trip_id, "t-1");
  EXPECT_EQ(due[0].purchase_id, "purchase-t-1");
  EXPECT_EQ(due[0].kind, DeliveryKind::cart);
  EXPECT_EQ(due[0].state, DeliveryState::pending);
  EXPECT_EQ(due[0].idempotency_key, "t-1:cart");
  EXPECT_EQ(due[0].created_at, at(5'000));
  EXPECT_EQ(due[0].attempts, 0);

  const TripView view = trip("t-1");
  EXPECT_EQ(view.entry, Entry::card);
  EXPECT_EQ(view.started_at, at(1'000));
  EXPECT_EQ(view.cart_bytes, 13);
  ASSERT_TRUE(view.settlement);
  EXPECT_EQ(view.settlement->state, SettlementState::awaiting_price);
  EXPECT_EQ(view.settlement->started_at, at(1'000));
  EXPECT_FALSE(view.settlement->amount);
  ASSERT_EQ(view.history.size(), 1U);
  EXPECT_EQ(view.history[0].state, SettlementState::awaiting_price);
}

TEST_F(LedgerTest, HasItsSchemaInTheHeaderOfTheFileWhileItIsOpen) {
  EXPECT_EQ(schema_in_header(file), Ledger::newest_schema());
}

TEST_F(LedgerTest, MakesNoSettlementWhereNoneIsAskedFor) {
  NewCart cart = make_cart("t-1");
  cart.entry = Entry::app;
  cart.first_settlement.reset();
  append(cart);
  EXPECT_FALSE(trip("t-1").settlement);
  EXPECT_TRUE(trip("t-1").history.empty());
}

TEST_F(LedgerTest, AnswersTheSameCartAgainWithItsFirstPurchaseId) {
  const CartReceipt first = append(make_cart("t-1"));
  NewCart again = make_cart("t-1");
  again.purchase_id = "another";
  again.received_at = at(9'000);
  const CartReceipt second = append(again);
  EXPECT_EQ(second.outcome, CartOutcome::repeated);
  EXPECT_EQ(second.purchase_id, first.purchase_id);
  EXPECT_EQ(second.sequence, first.sequence);
  reopen();
  EXPECT_EQ(append(again).outcome, CartOutcome::repeated);
  EXPECT_EQ(require(reader->counts()).trips, 1);
  EXPECT_EQ(trip("t-1").deliveries.size(), 1U);
  EXPECT_EQ(trip("t-1").received_at, at(5'000));
}

TEST_F(LedgerTest, KeepsTheFirstCartWhenTheSameTripComesWithOtherBytes) {
  append(make_cart("t-1", "first"));
  const CartReceipt receipt = append(make_cart("t-1", "other"));
  EXPECT_EQ(receipt.outcome, CartOutcome::differing);
  EXPECT_EQ(receipt.purchase_id, "purchase-t-1");
  append(make_cart("t-1", "other"));
  EXPECT_EQ(append(make_cart("t-1", "first")).outcome, CartOutcome::repeated);
  EXPECT_EQ(trip("t-1").differing_carts, 1) << "the same difference is evidence once";
  EXPECT_EQ(require(reader->counts()).differing_carts, 1);
  EXPECT_EQ(trip("t-1").cart_bytes, 5);
  EXPECT_EQ(count("SELECT count(*) FROM differing_cart WHERE cart = CAST('other' AS BLOB)"), 1);
}

TEST_F(LedgerTest, TakesOtherBytesForTheSameCartWhereTheFingerprintSaysSo) {
  NewCart first = make_cart("t-1", "first request");
  first.fingerprint = "the same cart";
  NewCart retry = make_cart("t-1", "second request");
  retry.fingerprint = "the same cart";
  append(first);
  EXPECT_EQ(append(retry).outcome, CartOutcome::repeated);
  EXPECT_EQ(trip("t-1").differing_carts, 0);
}

TEST_F(LedgerTest, KeepsSixteenDifferingCartsOfATripAndAnswersTheRestAlike) {
  append(make_cart("t-1", "first"));
  append(make_cart("t-2", "first"));
  for (int i = 0; i < 20; ++i) {
    const CartReceipt receipt = append(make_cart("t-1", std::to_string(i)));
    EXPECT_EQ(receipt.outcome, CartOutcome::differing);
  }
  EXPECT_EQ(trip("t-1").differing_carts, 16);
  append(make_cart("t-2", "other"));
  EXPECT_EQ(trip("t-2").differing_carts, 1);
}

TEST_F(LedgerTest, TellsTripsApartThatDifferInOneLetterOrCase) {
  for (const char* id : {"t", "T", "t ", "\u00e4", "a\u0308"}) append(make_cart(id));
  append(make_cart(std::string("t\0x", 3)));
  append(make_cart(std::string("t\0y", 3)));
  EXPECT_EQ(require(reader->counts()).trips, 7);
}

TEST_F(LedgerTest, MakesIdempotencyKeysThatFitInAHeader) {
  append(make_cart("id with blank"));
  append(make_cart("line\r\nbreak"));
  append(make_cart(std::string(129, 'x')));
  append(make_cart(std::string(128, 'x')));
  EXPECT_EQ(cart_delivery(std::string(128, 'x')).idempotency_key, std::string(128, 'x') + ":cart");
  // printf 'id with blank' | sha256sum
  EXPECT_EQ(cart_delivery("id with blank").idempotency_key,
            "sha256-4a7e8f2359fc7ecc94fccd95f59612e464d6cd8c2ba0fdf51955a7affa44069f:cart");
  for (const std::string& id : {std::string("line\r\nbreak"), std::string(129, 'x')}) {
    const std::string key = cart_delivery(id).idempotency_key;
    EXPECT_EQ(key.size(), 7U + 64U + 5U);
    EXPECT_TRUE(key.starts_with("sha256-") && key.ends_with(":cart")) << key;
  }
}

TEST_F(LedgerTest, HasNothingOfATransactionThatWasRolledBack) {
  require(ledger->begin());
  require(ledger->append(make_cart("t-1")));
  ledger->rollback();
  EXPECT_EQ(append(make_cart("t-1", "other")).outcome, CartOutcome::recorded);
  require(ledger->begin());
  require(ledger->append(make_cart("t-2")));
  reopen();
  EXPECT_FALSE(require(reader->trip("t-2")));
}

TEST_F(LedgerTest, UndoesOnlyTheAttemptThatFails) {
  require(ledger->begin());
  require(ledger->append(make_cart("before")));
  require(ledger->attempt([&] {
    require(ledger->append(make_cart("undone")));
    require(ledger->append(make_cart("undone too")));
    return false;
  }));
  require(ledger->attempt([&] {
    require(ledger->append(make_cart("after")));
    return true;
  }));
  require(ledger->commit());
  EXPECT_TRUE(require(reader->trip("before")));
  EXPECT_FALSE(require(reader->trip("undone")));
  EXPECT_FALSE(require(reader->trip("undone too")));
  EXPECT_TRUE(require(reader->trip("after")));
}

TEST_F(LedgerTest, LeavesNothingOfACartThatCannotBeRecordedWhole) {
  auto other = require(sqlite::Database::open(file, sqlite::Access::create));
  require(
      other.execute("CREATE TRIGGER refuse BEFORE INSERT ON settlement_history"
                    " BEGIN SELECT raise(ABORT, 'refused'); END"));
  require(ledger->begin());
  EXPECT_FALSE(ledger->append(make_cart("t-1")));
  NewCart unsettled = make_cart("t-2");
  unsettled.first_settlement.reset();
  require(ledger->append(unsettled));
  require(ledger->commit());
  const LedgerCounts counts = require(reader->counts());
  EXPECT_EQ(counts.trips, 1);
  EXPECT_EQ(counts.pending, 1);
  EXPECT_EQ(counts.settlement_open, 0);
}

TEST_F(LedgerTest, WritesDownAFailedAttemptAndItsNextTime) {
  append(make_cart("t-1"));
  const std::int64_t id = cart_delivery("t-1").id;
  DeliveryAttempt attempt;
  attempt.delivery_id = id;
  attempt.at = at(6'000);
  attempt.next_attempt_at = at(9'000);
  attempt.reason = "connection refused";
  require(ledger->record_attempt(attempt));
  const Delivery delivery = cart_delivery("t-1");
  EXPECT_EQ(delivery.state, DeliveryState::pending);
  EXPECT_EQ(delivery.attempts, 1);
  EXPECT_EQ(delivery.next_attempt_at, at(9'000));
  EXPECT_EQ(delivery.reason, "connection refused");
  EXPECT_FALSE(delivery.finished_at);
  EXPECT_TRUE(due_ids(at(8'999)).empty());
  EXPECT_EQ(due_ids(at(9'000)), std::vector{id});
}

TEST_F(LedgerTest, RemembersThatAnAttemptMayHaveHadItsEffect) {
  append(make_cart("t-1"));
  const std::int64_t id = cart_delivery("t-1").id;
  EXPECT_FALSE(cart_delivery("t-1").unclear);
  const auto failed = [&](bool unclear) {
    require(ledger->record_attempt({.delivery_id = id,
                                    .at = at(6'000),
                                    .next_attempt_at = at(6'000),
                                    .reason = "failed",
                                    .charge = std::nullopt,
                                    .unclear = unclear}));
  };
  failed(false);
  EXPECT_FALSE(cart_delivery("t-1").unclear);
  failed(true);
  EXPECT_TRUE(cart_delivery("t-1").unclear);
  failed(false);
  EXPECT_TRUE(cart_delivery("t-1").unclear) << "what came later does not take it back";
  const auto due = this->due(Lane::cloud, at(7'000));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_TRUE(due[0].unclear);
  EXPECT_FALSE(due[0].payload.empty());
}

TEST_F(LedgerTest, NeverMovesADeliveryThatWasDelivered) {
  append(make_cart("t-1"));
  const std::int64_t id = cart_delivery("t-1").id;
  require(ledger->record_attempt({id, DeliveryState::delivered, at(6'000), {}, "", std::nullopt}));
  require(
      ledger->record_attempt({id, DeliveryState::set_aside, at(7'000), {}, "late", std::nullopt}));
  EXPECT_FALSE(require(ledger->retry(id, at(8'000))));
  const Delivery delivery = cart_delivery("t-1");
  EXPECT_EQ(delivery.state, DeliveryState::delivered);
  EXPECT_EQ(delivery.finished_at, at(6'000));
  EXPECT_EQ(delivery.reason, "");
  EXPECT_EQ(delivery.attempts, 1);
}

TEST_F(LedgerTest, SendsASetAsideDeliveryAgainWhenAnOperatorAsks) {
  append(make_cart("t-1"));
  const std::int64_t id = cart_delivery("t-1").id;
  require(
      ledger->record_attempt({id, DeliveryState::set_aside, at(6'000), {}, "422", std::nullopt}));
  EXPECT_EQ(cart_delivery("t-1").finished_at, at(6'000));
  EXPECT_TRUE(due_ids(at(100'000)).empty());
  EXPECT_TRUE(require(ledger->retry(id, at(7'000))));
  EXPECT_EQ(due_ids(at(7'000)), std::vector{id});
  EXPECT_FALSE(cart_delivery("t-1").finished_at);
  EXPECT_EQ(cart_delivery("t-1").idempotency_key, "t-1:cart");
}

TEST_F(LedgerTest, KnowsNoDeliveryThatWasNeverMade) {
  EXPECT_FALSE(require(ledger->retry(99, at(0))));
  const Result<> recorded =
      ledger->record_attempt({99, DeliveryState::delivered, at(0), {}, "", std::nullopt});
  ASSERT_FALSE(recorded);
  EXPECT_EQ(recorded.error().remedy, Remedy::reject);
}

TEST_F(LedgerTest, NeverUsesTheNumberOfADeliveryAgain) {
  append(make_cart("t-1"));
  append(make_cart("t-2"));
  EXPECT_LT(cart_delivery("t-1").id, cart_delivery("t-2").id);
  EXPECT_EQ(count("SELECT count(*) FROM sqlite_sequence WHERE name IN ('delivery', 'trip')"), 2);
}

TEST(LedgerFile, HasWhatWasInItsLogAfterItWasOpened) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "ledger.db";
  const auto copy = folder.path() / "copy.db";
  {
    Ledger ledger = require(Ledger::open(file));
    require(ledger.append(make_cart("t-1")));
    // As a kill leaves it: the commit is in the log alone.
    std::filesystem::copy_file(file, copy);
    std::filesystem::copy_file(file.string() + "-wal", copy.string() + "-wal");
  }
  ASSERT_GT(std::filesystem::file_size(copy.string() + "-wal"), 0U);
  const Ledger ledger = require(Ledger::open(copy));
  const auto without_log = folder.path() / "without_log.db";
  std::filesystem::copy_file(copy, without_log);
  LedgerReader reader = require(LedgerReader::open(without_log));
  EXPECT_TRUE(require(reader.trip("t-1")));
}

TEST(LedgerFile, OpensBesideAReaderThatHoldsTheNewestSnapshot) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "ledger.db";
  Ledger ledger = require(Ledger::open(file));
  require(ledger.append(make_cart("t-1")));
  auto other = require(sqlite::Database::open(file, sqlite::Access::read_only));
  require(other.execute("BEGIN; SELECT count(*) FROM trip"));
  auto again = require(sqlite::Database::open(file, sqlite::Access::create, milliseconds{0}));
  require(again.use_write_ahead_log());
  EXPECT_TRUE(again.checkpoint());
  require(ledger.append(make_cart("t-2")));
  EXPECT_FALSE(again.checkpoint()) << "an older snapshot keeps frames from being copied";
}

TEST(LedgerFile, OpensBesideAReaderOfAnOlderStateAndTakesCarts) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "ledger.db";
  Ledger ledger = require(Ledger::open(file));
  require(ledger.append(make_cart("t-1")));
  auto other = require(sqlite::Database::open(file, sqlite::Access::read_only));
  require(other.execute("BEGIN; SELECT count(*) FROM trip"));
  require(ledger.append(make_cart("t-2")));
  auto again = Ledger::open(file);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(require(again->append(make_cart("t-2"))).outcome, CartOutcome::repeated);
  EXPECT_EQ(require(again->append(make_cart("t-3"))).outcome, CartOutcome::recorded);
}

TEST(LedgerFile, HasTheNumberOfAMigrationInItsHeaderOrAsksReadersToLeave) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "ledger.db";
  {
    const Ledger ledger = require(Ledger::open(file));
  }
  auto other = require(sqlite::Database::open(file, sqlite::Access::create));
  // As a kill between a migration and its checkpoint leaves it: the number is in the log alone.
  require(other.execute("PRAGMA user_version = 0"));
  require(other.checkpoint());
  auto reader = require(sqlite::Database::open(file, sqlite::Access::read_only));
  require(reader.execute("BEGIN; SELECT count(*) FROM trip"));
  require(other.execute(fmt::format("PRAGMA user_version = {}", Ledger::newest_schema())));
  ASSERT_EQ(require(other.schema_in_file()), 0);
  const auto opened = Ledger::open(file);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().remedy, Remedy::retry) << opened.error().message;
  require(reader.execute("COMMIT"));
  EXPECT_TRUE(Ledger::open(file));
  EXPECT_EQ(require(other.schema_in_file()), Ledger::newest_schema());
}

TEST(LedgerFile, OfANewerSchemaIsRefusedAndLeftAlone) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "ledger.db";
  {
    const Ledger ledger = require(Ledger::open(file));
  }
  auto other = require(sqlite::Database::open(file, sqlite::Access::create));
  require(other.execute("CREATE TABLE future (a); PRAGMA user_version = 1000"));
  const auto opened = Ledger::open(file);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().remedy, Remedy::repair);
  EXPECT_NE(opened.error().message.find("number 1000"), std::string::npos);
  const std::string known = "number " + std::to_string(Ledger::newest_schema()) + ":";
  EXPECT_NE(opened.error().message.find(known), std::string::npos) << opened.error().message;
  EXPECT_FALSE(LedgerReader::open(file));
  EXPECT_EQ(require(other.integer("PRAGMA user_version")), 1000);
}

TEST(LedgerFile, ThatIsDamagedIsRefusedAndNeverRecreated) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "ledger.db";
  const std::string garbage(10'000, 'x');
  std::ofstream(file) << garbage;
  const auto opened = Ledger::open(file);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().remedy, Remedy::repair);
  EXPECT_NE(opened.error().message.find("damaged"), std::string::npos);
  std::ifstream in(file);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), garbage);
}

TEST(LedgerFile, InAFolderThatIsNotThereIsRefusedByName) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "nowhere" / "ledger.db";
  const auto opened = Ledger::open(file);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().remedy, Remedy::repair);
  EXPECT_NE(opened.error().message.find(file.string()), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::store
