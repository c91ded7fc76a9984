// A ledger that was deleted, exchanged or cut is known by the witness beside it.
#include <gtest/gtest.h>

#include <fstream>

#include "store/ledger/vouched_ledger.hpp"
#include "store/sql/ledger_migrations.hpp"
#include "store/sqlite/migrations.hpp"
#include "tests/store/ledger/ledger_thread_fixture.hpp"

namespace gatehouse::store {
namespace {

using enum GapKind;

SettlementChange change_of(SettlementState from, SettlementState to) {
  SettlementChange change;
  change.trip_sequence = 1;
  change.from = from;
  change.to = to;
  change.at = at(9'500);
  return change;
}

class LedgerHistory : public testing::Test {
 protected:
  /// Opens the ledger as the ledger thread does, works, and closes it.
  void run(const std::function<void(Ledger&)>& work = [](Ledger&) {}, WallTime now = at(20'000)) {
    VouchedLedger opened = require(open_vouched(file, now));
    EXPECT_EQ(opened.trouble, "");
    require(opened.ledger.begin());
    work(opened.ledger);
    require(opened.ledger.commit());
    require(opened.witness->write(opened.ledger.mark(), now));
  }
  void append(const std::string& trip_id, WallTime started_at = at(1'000)) {
    run([&](Ledger& ledger) {
      NewCart cart = make_cart(trip_id);
      cart.started_at = started_at;
      require(ledger.append(cart));
    });
  }
  void price(const std::string& trip_id) {
    run([&](Ledger& ledger) { require(ledger.price(trip_id, {999, "USD"}, at(9'000))); });
  }
  LedgerCounts counts() { return require(require(LedgerReader::open(file)).counts()); }
  std::size_t due() {
    auto reader = require(LedgerReader::open(file));
    return require(reader.due_settlements(at(30'000), wait_max, 100)).size();
  }
  Settlement settlement(const std::string& trip_id) {
    return *require(require(LedgerReader::open(file)).trip(trip_id)).value().settlement;
  }
  void keep_copy() { std::filesystem::copy_file(file, copy); }
  void put_back() {
    remove_ledger();
    std::filesystem::copy_file(copy, file);
  }
  void remove_ledger() {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
  }
  void accept() {
    run([](Ledger& ledger) { EXPECT_TRUE(require(ledger.accept_gaps(at(40'000), 100))); });
  }

  child::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "ledger.db";
  std::filesystem::path witness = Witness::beside(file);
  std::filesystem::path copy = folder.path() / "copy.db";
};

TEST_F(LedgerHistory, BeginsInSilence) {
  append("t-1");
  append("t-2");
  EXPECT_FALSE(counts().gap);
  const WitnessView said = Witness::look(witness);
  EXPECT_EQ(said.mark.id.size(), 36U);
  EXPECT_EQ(said.mark, require(Ledger::open(file)).mark());
}

TEST_F(LedgerHistory, BeginsInSilenceWithTheUpdateOfALedgerThatHadNoIdentity) {
  {
    auto database = require(sqlite::Database::open(file, sqlite::Access::create));
    require(sqlite::migrate(database, sqlite::Migrations(sql::ledger_migrations).first(2)));
    require(database.execute(
        "INSERT INTO trip VALUES (1, 't-1', 'p', 1, 1000, 5000, x'00', x'7b7d');"
        "INSERT INTO delivery (trip_sequence, kind, state, idempotency_key, created_at_ms,"
        " next_attempt_ms) VALUES (1, 1, 2, 't-1:cart', 5000, 5000);"
        "INSERT INTO settlement (trip_sequence, state, started_at_ms, amount_minor, currency,"
        " next_attempt_ms, changed_at_ms) VALUES (1, 2, 1000, 999, 'USD', 5000, 5000)"));
  }
  keep_copy();
  run();
  EXPECT_FALSE(counts().gap);
  EXPECT_EQ(due(), 1U) << "its charge goes on";
  put_back();
  run();
  ASSERT_TRUE(counts().gap) << "the ledger from before the update, put back";
  EXPECT_EQ(counts().gap->kind, other);
  EXPECT_EQ(due(), 0U);
}

TEST_F(LedgerHistory, CountsEveryCommitThatChangesSomethingAndNoOther) {
  append("t-1");
  const auto before = Witness::look(witness).mark.sequence;
  run();
  append("t-1");  // the same cart again
  EXPECT_EQ(Witness::look(witness).mark.sequence, before);
  price("t-1");
  EXPECT_EQ(Witness::look(witness).mark.sequence, before + 1);
}

TEST_F(LedgerHistory, HasNoGapAfterAKillBetweenACommitAndItsWitness) {
  append("t-1");
  {
    VouchedLedger opened = require(open_vouched(file, at(20'000)));
    require(opened.ledger.begin());
    require(opened.ledger.append(make_cart("t-2")));
    require(opened.ledger.commit());
  }
  run();
  EXPECT_FALSE(counts().gap);
}

TEST_F(LedgerHistory, ThatIsOlderThanItsWitnessWithholdsWhatItMayHaveCharged) {
  append("t-1");
  price("t-1");
  keep_copy();
  run([&](Ledger& ledger) {
    require(ledger.move_settlement(
        change_of(SettlementState::adjust_due, SettlementState::adjust_sent)));
  });
  put_back();
  append("t-2");
  const LedgerCounts now = counts();
  ASSERT_TRUE(now.gap);
  EXPECT_EQ(now.gap->kind, behind);
  EXPECT_EQ(now.gap->sequence + 1, now.gap->expected.sequence) << "one commit is lost";
  EXPECT_GT(now.mark.era, 1);
  EXPECT_EQ(now.withheld.count, 2);
  EXPECT_EQ(now.withheld.without_price, 1);
  ASSERT_EQ(now.withheld.sums.size(), 1U);
  EXPECT_EQ(now.withheld.sums[0], (Money{999, "USD"}));
  EXPECT_TRUE(settlement("t-1").withheld);
  EXPECT_EQ(due(), 0U);
  run([&](Ledger& ledger) {
    EXPECT_FALSE(ledger.move_settlement(
        change_of(SettlementState::adjust_due, SettlementState::adjust_sent)))
        << "whoever had chosen it before";
  });
  run();
  EXPECT_EQ(counts().withheld.count, 2) << "it is found once";
  EXPECT_EQ(counts().mark.era, now.mark.era) << "which begins with it";

  accept();
  EXPECT_FALSE(counts().gap);
  EXPECT_EQ(counts().withheld.count, 0);
  EXPECT_EQ(due(), 1U);
  EXPECT_FALSE(settlement("t-1").withheld);
}

TEST_F(LedgerHistory, ThatWasDeletedIsBegunAnewAndTheGapKept) {
  append("t-1");
  const LedgerMark lost = Witness::look(witness).mark;
  remove_ledger();
  append("t-1");
  const LedgerCounts now = counts();
  ASSERT_TRUE(now.gap);
  EXPECT_EQ(now.gap->kind, missing);
  EXPECT_EQ(now.gap->expected, lost);
  EXPECT_NE(Witness::look(witness).mark.id, lost.id);
  EXPECT_EQ(now.withheld.count, 1);
}

TEST_F(LedgerHistory, ThatIsEmptyIsNoNewBox) {
  append("t-1");
  remove_ledger();
  std::ofstream(file).close();
  run();
  ASSERT_TRUE(counts().gap);
  EXPECT_EQ(counts().gap->kind, missing);
}

TEST_F(LedgerHistory, LetsTripsGoOnThatBeganAfterTheGap) {
  append("t-1");
  remove_ledger();
  run();  // found at 20 s
  const WallTime limit = at(20'000) + gap_clock_tolerance;
  append("before", limit - milliseconds(1));
  append("after", limit);
  EXPECT_TRUE(settlement("before").withheld);
  EXPECT_FALSE(settlement("after").withheld);
}

TEST_F(LedgerHistory, TakesTheWitnessForTheClockWhereTheClockStandsInThePast) {
  run([](Ledger& ledger) { require(ledger.append(make_cart("t-1"))); }, at(90'000'000));
  remove_ledger();
  run([](Ledger&) {}, at(5));
  ASSERT_TRUE(counts().gap);
  EXPECT_EQ(counts().gap->found_at, at(90'000'000));
}

TEST_F(LedgerHistory, LetsAPersonCancelWhatIsWithheld) {
  append("t-1");
  price("t-1");
  keep_copy();
  append("t-2");
  put_back();
  run([](Ledger& ledger) {
    require(ledger.move_settlement(
        change_of(SettlementState::adjust_due, SettlementState::cancel_due)));
  });
  EXPECT_FALSE(settlement("t-1").withheld);
  EXPECT_EQ(due(), 1U);
}

TEST_F(LedgerHistory, WithholdsAnExpiredChargeForTheLostHistoryMayHaveOpenedItAgain) {
  append("t-1");
  price("t-1");
  run([](Ledger& ledger) {
    require(ledger.move_settlement(
        change_of(SettlementState::adjust_due, SettlementState::adjust_sent)));
    require(
        ledger.move_settlement(change_of(SettlementState::adjust_sent, SettlementState::expired)));
  });
  keep_copy();
  append("t-2");
  put_back();
  run();
  EXPECT_TRUE(settlement("t-1").withheld);
  run([](Ledger& ledger) {
    require(
        ledger.move_settlement(change_of(SettlementState::expired, SettlementState::adjust_due)));
  });
  EXPECT_TRUE(settlement("t-1").withheld) << "who opens it again has not said what became of it";
  EXPECT_EQ(due(), 0U);
}

TEST_F(LedgerHistory, WithholdsATripFromBeforeAGapAlsoWhereItsCartComesAfterTheAcceptance) {
  append("t-1");
  remove_ledger();
  run();
  accept();
  append("t-1");
  EXPECT_TRUE(settlement("t-1").withheld) << "the lost history may have charged it";
  EXPECT_EQ(counts().withheld.count, 1);
  EXPECT_FALSE(counts().gap);
  accept();
  EXPECT_FALSE(settlement("t-1").withheld);
}

TEST_F(LedgerHistory, LetsGoOfATripOfWhichAPersonSaysWhetherItWasCharged) {
  append("t-1");
  price("t-1");
  keep_copy();
  append("t-2");
  put_back();
  run([](Ledger& ledger) {
    auto said = change_of(SettlementState::adjust_due, SettlementState::held);
    require(ledger.move_settlement(said));
    said = change_of(SettlementState::held, SettlementState::adjust_due);
    said.charge_cleared_up = true;
    require(ledger.move_settlement(said));
  });
  EXPECT_FALSE(settlement("t-1").withheld);
  EXPECT_EQ(due(), 1U);
}

TEST_F(LedgerHistory, IsAcceptedInStepsThatSurviveAKill) {
  for (int i = 0; i < 5; ++i) append(std::to_string(i));
  keep_copy();
  append("more");
  put_back();
  run([](Ledger& ledger) { EXPECT_FALSE(require(ledger.accept_gaps(at(40'000), 2))); });
  EXPECT_EQ(counts().withheld.count, 3);
  ASSERT_TRUE(counts().gap) << "not accepted before the last one was let go of";
  accept();
  EXPECT_FALSE(counts().gap);
}

TEST_F(LedgerHistory, KnowsALedgerThatWentOnElsewhere) {
  append("t-1");
  keep_copy();
  append("t-2");
  put_back();
  run();
  accept();
  put_back();
  for (int i = 0; i < 9; ++i) {  // by a program that knows of no witness
    auto elsewhere = require(Ledger::open(file));
    require(elsewhere.begin());
    require(elsewhere.append(make_cart("elsewhere-" + std::to_string(i))));
    require(elsewhere.commit());
  }
  run();
  ASSERT_TRUE(counts().gap);
  EXPECT_EQ(counts().gap->kind, behind);
}

TEST_F(LedgerHistory, IsToldFromACopyOfItThatCameWithItsWitness) {
  append("t-1");
  price("t-1");
  const auto elsewhere = folder.path() / "elsewhere";
  std::filesystem::create_directory(elsewhere);
  std::filesystem::copy_file(file, elsewhere / "ledger.db");
  std::filesystem::copy_file(witness, elsewhere / "ledger.witness");
  const LedgerMark original = require(Ledger::open(file)).mark();
  file = elsewhere / "ledger.db";
  witness = elsewhere / "ledger.witness";
  run();
  ASSERT_TRUE(counts().gap);
  EXPECT_EQ(counts().gap->kind, copied);
  EXPECT_EQ(due(), 0U) << "the original may be charging it";
  EXPECT_EQ(counts().mark.id, original.id);
  EXPECT_GT(counts().mark.era, original.era) << "the cloud can tell them apart";
  run();
  EXPECT_EQ(counts().withheld.count, 1) << "it is found once";
  accept();
  run();
  EXPECT_FALSE(counts().gap);
}

TEST_F(LedgerHistory, IsTheSameInTheSameFileUnderAnotherName) {
  append("t-1");
  const auto moved = folder.path() / "moved";
  std::filesystem::create_directory(moved);
  for (const char* name : {"ledger.db", "ledger.witness"}) {
    std::filesystem::rename(folder.path() / name, moved / name);
  }
  file = moved / "ledger.db";
  run();
  EXPECT_FALSE(counts().gap);
}

TEST_F(LedgerHistory, WithholdsATripThatBeganBeforeTheLedgerWasCreated) {
  const WallTime born = at(100'000'000'000);
  run([](Ledger&) {}, born);
  const auto began = [&](const std::string& trip_id, milliseconds before) {
    append(trip_id, born - before);
    return settlement(trip_id);
  };
  EXPECT_FALSE(began("under way", birth_tolerance).withheld);
  const Settlement early = began("before", birth_tolerance + milliseconds(1));
  EXPECT_TRUE(early.withheld);
  EXPECT_TRUE(early.withheld_by_birth);
  EXPECT_FALSE(began("long before", birth_doubt_max).withheld) << "then the clock was wrong";
  EXPECT_FALSE(counts().gap);
  EXPECT_EQ(counts().withheld.count, 1);
  accept();
  EXPECT_FALSE(settlement("before").withheld);
}

/// The process may end between the schema and the identity.
TEST_F(LedgerHistory, KnowsANewLedgerWhoseFirstOpeningWasCutOff) {
  require(Ledger::open(file));
  const WallTime born = at(100'000'000'000);
  run([](Ledger&) {}, born);
  append("before", born - birth_tolerance - milliseconds(1));
  EXPECT_TRUE(settlement("before").withheld);
}

TEST_F(LedgerHistory, WarnsOfALostWitnessAndWithholdsNothing) {
  append("t-1");
  std::filesystem::remove(witness);
  append("t-2");
  ASSERT_TRUE(counts().gap);
  EXPECT_EQ(counts().gap->kind, witness_lost);
  std::ofstream(witness) << "garbage";
  append("t-3");
  EXPECT_EQ(counts().withheld.count, 0);
  EXPECT_EQ(Witness::look(witness).mark, require(Ledger::open(file)).mark()) << "made anew";
  accept();
  EXPECT_FALSE(counts().gap) << "once, however often it was lost";
}

TEST_F(LedgerHistory, TellsHowFarTheClockStandsBelowTheLastWrite) {
  append("t-1");
  const WallTime last = Witness::look(witness).written_at;
  EXPECT_EQ(require(open_vouched(file, last + milliseconds{1})).clock_behind, milliseconds{0});
  EXPECT_EQ(require(open_vouched(file, last - std::chrono::hours{3})).clock_behind,
            std::chrono::hours{3} + milliseconds{1});
  std::filesystem::remove(witness);
  EXPECT_EQ(require(open_vouched(file, at(1))).clock_behind, milliseconds{0}) << "nobody knows";
}

TEST_F(LedgerHistory, TakesCartsWithoutAWitnessThatCanBeWritten) {
  std::filesystem::create_directories(witness / "in the way");
  const VouchedLedger opened = require(open_vouched(file, at(20'000)));
  EXPECT_FALSE(opened.witness);
  EXPECT_NE(opened.trouble.find("ledger.witness"), std::string::npos) << opened.trouble;
}

}  // namespace
}  // namespace gatehouse::store
