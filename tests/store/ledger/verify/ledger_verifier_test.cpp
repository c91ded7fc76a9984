// A walk through a real ledger: what it finds after real damage, what it costs, and that it keeps
// nobody waiting.
#include "store/ledger/verify/ledger_verifier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/store/fixture.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::store {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// Each look at it takes a millisecond.
class TickingClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return at(0); }
  [[nodiscard]] SteadyTime steady() const override { return SteadyTime{milliseconds{++ms_}}; }

 private:
  mutable std::int64_t ms_ = 0;
};

constexpr VerifyBudget all_of_it{1'000'000'000, std::int64_t{1} << 40, milliseconds{60'000}};

class LedgerVerifierTest : public testing::Test, protected LedgerFixture {
 protected:
  void add_trips(int count) {
    require(ledger->begin());
    for (int i = 0; i < count; ++i) {
      const std::string trip = "trip-" + std::to_string(1000 + i);
      (void)require(ledger->append(make_cart(trip, "{\"items\":\"" + trip + "\"}")));
    }
    require(ledger->commit());
  }
  /// While nobody has it open.
  template <class Damage>
  void damage(const Damage& work) {
    reader.reset();
    ledger.reset();
    work();
  }
  void change(const std::string& sql) {
    auto database = require(sqlite::Database::open(file, sqlite::Access::create));
    require(database.execute(sql));
    require(database.execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  /// As if the pages of an index had never been written: those of before `change` again.
  void lose_writes_to(const std::string& index, const std::string& sql) {
    damage([&] {
      change("SELECT 1");
      const std::string before = contents(file);
      change(sql);
      for (const auto page : leaves_of(file, index)) {
        const auto begin = static_cast<std::size_t>(page - 1) * page_size;
        overwrite(file, begin, before.substr(begin, page_size));
      }
    });
  }
  VerifyStep verify() {
    auto verifier = require(LedgerVerifier::open(file));
    auto all = require(verifier.step(all_of_it, SystemClock()));
    EXPECT_TRUE(all.ended);
    return all;
  }
  static auto of(const std::string& table, const std::string& what) {
    return AllOf(Field(&DamagedPlace::table, table), Field(&DamagedPlace::what, HasSubstr(what)));
  }
};

TEST_F(LedgerVerifierTest, FindsNothingInALedgerThatIsWhole) {
  add_trips(500);
  append(make_cart("trip-1000", "another cart"));
  (void)require(ledger->price("trip-1001", Money{999, "USD"}, at(6'000)));
  const auto all = verify();
  EXPECT_THAT(all.found, IsEmpty());
  EXPECT_GE(all.rows, 2'000) << "trips, deliveries, charges and their histories";
  EXPECT_GE(all.bytes, 500 * 30);
}

TEST_F(LedgerVerifierTest, TellsOfBytesThatAreNotThoseThatWereRecordedWithTheirTrip) {
  add_trips(20);
  damage([&] {
    change("SELECT 1");
    flip_a_bit_at(file, "items\":\"trip-1007");
  });
  EXPECT_THAT(verify().found, ElementsAre(AllOf(of("trip", "SHA-256"), Field(&DamagedPlace::row, 8),
                                                Field(&DamagedPlace::trip_id, "trip-1007"))));
}

TEST_F(LedgerVerifierTest, TellsOfANumberThatStandsForNoState) {
  add_trips(20);
  damage([&] { change("UPDATE settlement SET state = 77 WHERE trip_sequence = 4"); });
  EXPECT_THAT(verify().found, ElementsAre(AllOf(of("settlement", "state has a number"),
                                                Field(&DamagedPlace::trip_id, "trip-1003"))));
}

TEST_F(LedgerVerifierTest, GoesOnBehindRowsThatCannotBeRead) {
  add_trips(2'000);
  int leaves = 0;
  damage([&] {
    change("SELECT 1");
    leaves = static_cast<int>(leaves_of(file, "delivery").size());
    (void)zero_leaves_of(file, "delivery", 1);
    flip_a_bit_at(file, "items\":\"trip-2999");
  });
  ASSERT_GE(leaves, 4);
  const auto all = verify();
  EXPECT_THAT(all.found, Contains(AllOf(of("delivery", "cannot be read"),
                                        Field(&DamagedPlace::row, testing::Gt(1)),
                                        Field(&DamagedPlace::row_to, testing::Lt(2'000)))));
  EXPECT_THAT(all.found, Contains(of("trip", "SHA-256"))) << "other rows are read all the same";
  EXPECT_GE(all.rows, 4 * 2'000);
}

TEST_F(LedgerVerifierTest, TellsOfARowThatAnIndexDoesNotName) {
  add_trips(20);
  lose_writes_to("sqlite_autoindex_trip_1",
                 "UPDATE trip SET trip_id = 'renamed-1' WHERE sequence = 5");
  EXPECT_THAT(verify().found, Contains(AllOf(of("trip", "sqlite_autoindex_trip_1 does not name it"),
                                             Field(&DamagedPlace::row, 5),
                                             Field(&DamagedPlace::trip_id, "renamed-1"))));
}

/// The other direction: no row misses anything, and a choice would still find the charge.
TEST_F(LedgerVerifierTest, TellsOfAnEntryOfAnIndexThatIsNotOfItsRow) {
  add_trips(20);
  require(ledger->begin());
  (void)require(ledger->price("trip-1004", Money{999, "USD"}, at(6'000)));
  require(ledger->commit());
  lose_writes_to("settlement_due", "UPDATE settlement SET state = 10 WHERE trip_sequence = 5");
  EXPECT_THAT(verify().found, ElementsAre(AllOf(of("settlement", "settlement_due has an entry"),
                                                Field(&DamagedPlace::trip_id, "trip-1004"))));
}

/// The last one of those that are read at once is where the next ones are looked for.
TEST_F(LedgerVerifierTest, SkipsNoEntriesBecauseOneClaimsToBeFurtherOn) {
  add_trips(1'000);
  damage([&] { change("SELECT 1"); });
  const std::string before = contents(file);
  for (const int changed : {1'062, 1'063, 1'064, 1'065}) {
    const std::string trip = "trip-" + std::to_string(changed);
    overwrite(file, 0, before);
    replace_in_leaves_of(file, "sqlite_autoindex_trip_1", trip, "trip-19" + trip.substr(7));
    replace_in_leaves_of(file, "sqlite_autoindex_trip_1", "trip-1500", "trip-150/");
    const auto found = verify().found;
    EXPECT_THAT(found, Contains(AllOf(of("trip", "sqlite_autoindex_trip_1 has an entry"),
                                      Field(&DamagedPlace::row, changed - 1000 + 1))))
        << changed;
    // Where SQLite itself no longer finds its way there, it is told that the rest was left alone.
    EXPECT_THAT(found, Contains(testing::AnyOf(
                           AllOf(of("trip", "sqlite_autoindex_trip_1 has an entry"),
                                 Field(&DamagedPlace::row, 501)),
                           of("trip", "sqlite_autoindex_trip_1 cannot be read behind its entry"))))
        << changed;
  }
}

TEST_F(LedgerVerifierTest, LeavesTheRestOfAnIndexAloneThatCannotBeReadAndReadsEverythingElse) {
  add_trips(2'000);
  damage([&] {
    change("SELECT 1");
    (void)zero_leaves_of(file, "delivery_by_trip", 2);
    flip_a_bit_at(file, "items\":\"trip-2999");
  });
  const auto all = verify();
  EXPECT_THAT(all.found, Contains(of("delivery", "delivery_by_trip cannot be read")));
  EXPECT_THAT(all.found, Contains(of("trip", "SHA-256")));
  EXPECT_THAT(all.found, Not(Contains(Field(&DamagedPlace::table, "settlement"))));
}

/// One bit of an id: the row claims to be another one far ahead, or behind the end, or close by.
TEST_F(LedgerVerifierTest, SkipsNoRowsBecauseOneClaimsToBeFurtherOn) {
  add_trips(4'500);
  damage([&] { change("UPDATE settlement_history SET state = 77 WHERE id IN (3100, 3900)"); });
  const std::string before = contents(file);
  const auto whole = verify().rows;
  for (const std::int64_t claimed : {3'000 + 8'192, 3'000 + 1'024, 3'000 + 4, 3'000 - 952}) {
    overwrite(file, 0, before);
    change_row_id(file, "settlement_history", 3'000, claimed);
    const auto all = verify();
    for (const std::int64_t row : {3'000, 3'100, 3'900}) {
      EXPECT_THAT(all.found, Contains(AllOf(Field(&DamagedPlace::table, "settlement_history"),
                                            Field(&DamagedPlace::row, testing::Le(row)),
                                            Field(&DamagedPlace::row_to, testing::Ge(row)))))
          << row << " of " << claimed;
    }
    for (const DamagedPlace& place : all.found) {
      EXPECT_TRUE(place.row == 3'100 || place.row == 3'900 ||
                  (place.row > 2'800 && place.row_to < 3'200))
          << claimed << ": " << place.row << " to " << place.row_to << " " << place.what;
    }
    EXPECT_GT(all.rows, whole - 200) << claimed;
  }
}

/// Thousands of rows that say the same would hide the one cart that is damaged, too.
TEST_F(LedgerVerifierTest, TellsOfRowsSideBySideWhoseIndexCannotBeReadAsOfOne) {
  add_trips(2'000);
  damage([&] {
    change("SELECT 1");
    (void)zero_leaves_of(file, "delivery_by_trip");
  });
  EXPECT_THAT(verify().found,
              ElementsAre(AllOf(of("delivery", "their entries in the index delivery_by_trip"),
                                Field(&DamagedPlace::row, 1), Field(&DamagedPlace::row_to, 2'000)),
                          of("delivery", "delivery_by_trip cannot be read from its beginning")));
}

TEST_F(LedgerVerifierTest, NamesEachDamagedRecordOfRowsSideBySideWithItsTrip) {
  add_trips(20);
  damage([&] { change("UPDATE settlement SET state = 77 WHERE trip_sequence IN (4, 5)"); });
  EXPECT_THAT(verify().found, ElementsAre(Field(&DamagedPlace::trip_id, "trip-1003"),
                                          Field(&DamagedPlace::trip_id, "trip-1004")));
}

TEST_F(LedgerVerifierTest, ReadsOfEachStepWhatItsBudgetGives) {
  add_trips(2'000);
  auto verifier = require(LedgerVerifier::open(file));
  const SystemClock clock;
  const auto few = require(verifier.step({40, 1 << 30, milliseconds{60'000}}, clock));
  EXPECT_GE(few.rows, 40);
  EXPECT_LE(few.rows, 40 + 16);
  const auto small = require(verifier.step({1 << 30, 2'000, milliseconds{60'000}}, clock));
  EXPECT_GE(small.bytes, 2'000);
  EXPECT_LE(small.rows, 48);
  const TickingClock ticking;
  const auto brief = require(verifier.step({1 << 30, 1 << 30, milliseconds{3}}, ticking));
  EXPECT_LE(brief.rows, 3 * 16);
  EXPECT_FALSE(brief.ended);
}

TEST_F(LedgerVerifierTest, ComesThroughAllOfItInStepsAndThenBeginsAnew) {
  add_trips(300);
  const auto at_once = verify();
  auto verifier = require(LedgerVerifier::open(file));
  for (int round = 0; round < 2; ++round) {
    std::int64_t rows = 0;
    int steps = 0;
    for (bool ended = false; !ended; ++steps) {
      const auto step = require(verifier.step({50, 1 << 30, milliseconds{60'000}}, SystemClock()));
      EXPECT_THAT(step.found, IsEmpty());
      rows += step.rows;
      ended = step.ended;
      ASSERT_LT(steps, 1'000);
    }
    EXPECT_EQ(rows, at_once.rows);
    EXPECT_GT(steps, 20);
  }
}

TEST_F(LedgerVerifierTest, HoldsNoTransactionBetweenTwoSteps) {
  add_trips(300);
  auto verifier = require(LedgerVerifier::open(file));
  (void)require(verifier.step({50, 1 << 30, milliseconds{60'000}}, SystemClock()));
  append(make_cart("later"));
  auto other = require(sqlite::Database::open(file, sqlite::Access::create, milliseconds{0}));
  require(other.use_write_ahead_log());
  require(other.checkpoint());
  EXPECT_EQ(std::filesystem::file_size(file.string() + "-wal"), 0U) << "nobody was in it";
}

TEST_F(LedgerVerifierTest, FindsNothingInWhatIsWrittenMeanwhile) {
  add_trips(300);
  auto verifier = require(LedgerVerifier::open(file));
  int number = 0;
  for (bool ended = false; !ended; ++number) {
    const auto step = require(verifier.step({50, 1 << 30, milliseconds{60'000}}, SystemClock()));
    EXPECT_THAT(step.found, IsEmpty());
    ended = step.ended;
    if (number >= 200) continue;
    append(make_cart("meanwhile-" + std::to_string(number)));
    require(ledger->begin());
    (void)require(ledger->price("trip-" + std::to_string(1000 + number), Money{999, "USD"},
                                at(6'000 + number)));
    require(ledger->commit());
  }
}

}  // namespace
}  // namespace gatehouse::store
