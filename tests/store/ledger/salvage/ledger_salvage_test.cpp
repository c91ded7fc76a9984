// What is made of one kind of damage at a time. Every page in turn:
// tests/store/disk/salvage_survey_test.cpp.
#include "store/ledger/salvage/ledger_salvage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "store/ledger/salvage/private_copy.hpp"
#include "store/ledger/vouched_ledger.hpp"
#include "tests/store/ledger/salvage/salvage_fixture.hpp"

namespace gatehouse::store {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(LedgerSalvage, NeverChangesTheDamagedFileAndLeavesNothingBesideTheNewOne) {
  damage([&] { (void)zero_leaves_of(file, "delivery", 1); });
  std::ofstream(file.string() + "-wal") << "what was left of a log";
  const std::string before = contents(file);
  const auto files_before = files();
  (void)require(salvage());
  EXPECT_EQ(contents(file), before);
  EXPECT_EQ(contents(file.string() + "-wal"), "what was left of a log");
  EXPECT_EQ(files(), files_before + 1);
  const auto again = salvage();
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("is there already"));
}

/// A log that is cut leaves an older ledger, which is whole by itself.
TEST_F(LedgerSalvage, SaysHowManyCommitsTheWitnessKnowsOfThatItLacks) {
  damage([] {});
  const std::string before = contents(file);
  {
    auto opened = require(open_vouched(file, at(8'000)));
    require(opened.ledger.begin());
    (void)require(opened.ledger.append(make_cart("lost with the log")));
    require(opened.ledger.commit());
    require(opened.witness->write(opened.ledger.mark(), at(8'000)));
  }
  std::ofstream(file, std::ios::binary) << before;
  const auto report = require(salvage());
  EXPECT_EQ(report.commits_missing(), report.witness->sequence - report.was.sequence);
  EXPECT_GT(report.commits_missing(), 0);
  EXPECT_FALSE(report.is_whole());
}

TEST_F(LedgerSalvage, ReadsByItsTablesAFileWhoseNumberOfTheSchemaIsDamaged) {
  for (const char number : {'\x48', '\0', '\x07'}) {
    damage([&] { overwrite(file, 63, std::string(1, number)); });
    const auto report = require(salvage());
    EXPECT_EQ(of(report, "trip").taken, trips) << int{number};
    std::filesystem::remove(made);
  }
}

TEST_F(LedgerSalvage, TakesWhatIsInTheLogAlone) {
  const auto report = require(salvage());
  EXPECT_EQ(of(report, "trip").taken, trips);
  EXPECT_EQ(of(report, "refund").taken, 1);
  EXPECT_TRUE(report.is_whole());
}

/// Two pages at once: the index cannot say how far the table goes.
TEST_F(LedgerSalvage, ReadsBehindADamagedPageAlsoWhereTheIndexesAreGone) {
  change(
      "UPDATE trip SET sequence = sequence + 5000 WHERE sequence > 10;"
      "UPDATE sqlite_sequence SET seq = 5400 WHERE name = 'trip'");
  damage([&] {
    (void)zero_leaves_of(file, "sqlite_autoindex_trip_1");
    (void)zero_leaves_of(file, "trip", 1);
  });
  const auto report = require(salvage());
  const int in_a_leaf = trips - static_cast<int>(of(report, "trip").taken);
  EXPECT_GT(in_a_leaf, 5);
  EXPECT_LT(in_a_leaf, 40) << "the leaves behind it are read";
}

/// Orphans: what is known of a trip whose row is lost.
TEST_F(LedgerSalvage, KeepsTheRefundsOfATripWhoseRowIsLost) {
  damage([&] { (void)zero_leaves_of(file, "trip", 0); });
  const auto report = require(salvage());
  EXPECT_GT(of(report, "trip").lost, 7);
  EXPECT_THAT(report.trips, Contains(name_of(6)));
  auto after = require(Ledger::open(made));
  require(after.begin());
  EXPECT_EQ(require(after.refund(refund(7, "b", 600))), RefundOutcome::too_much);
  const auto receipt = require(after.append(make_cart(name_of(6), "again")));
  EXPECT_EQ(receipt.outcome, CartOutcome::differing) << "it is known, so it is not charged anew";
  EXPECT_EQ(receipt.purchase_id, "purchase-" + name_of(6));
}

TEST_F(LedgerSalvage, GivesNothingBackTwiceWhereTheRefundOrItsDeliveryIsLost) {
  for (const char* table : {"refund", "delivery"}) {
    std::filesystem::remove(made);
    std::string whole;
    damage([&] {
      whole = contents(file);
      (void)zero_leaves_of(file, table);
    });
    (void)require(salvage());
    {
      auto after = require(Ledger::open(made));
      require(after.begin());
      EXPECT_EQ(require(after.refund(refund(7, "b", 600))), RefundOutcome::too_much) << table;
    }
    std::ofstream(file, std::ios::binary) << whole;
  }
}

/// No error tells of it: SQLite takes the page for what it should be.
TEST_F(LedgerSalvage, FindsRowsThatAWrongPageHides) {
  damage([&] {
    const auto pages = leaves_of(file, "settlement");
    ASSERT_GE(pages.size(), 3U);
    const auto page = [&](std::size_t number) {
      return static_cast<std::size_t>(pages[number] - 1) * page_size;
    };
    overwrite(file, page(1), contents(file).substr(page(0), page_size));
  });
  const auto report = require(salvage());
  EXPECT_FALSE(report.is_whole());
  EXPECT_GT(of(report, "settlement").lost, 10);
  auto after = require(LedgerReader::open(made));
  const auto& lost = of(report, "settlement").lost_rows;
  ASSERT_FALSE(lost.empty());
  const auto charge = require(after.settlement(lost.front().first));
  ASSERT_TRUE(charge);
  EXPECT_EQ(charge->state, SettlementState::held);
  EXPECT_TRUE(charge->charge_unclear && charge->withheld) << "it may have been made";
}

TEST_F(LedgerSalvage, TakesBytesThatChangedOverAndSetsThemAside) {
  damage([&] { flip_a_bit_at(file, "of\":\"" + name_of(20)); });
  const auto report = require(salvage());
  EXPECT_EQ(of(report, "trip").bytes_changed, 1);
  EXPECT_THAT(report.trips, testing::ElementsAre(name_of(20)));
  auto after = require(LedgerReader::open(made));
  const auto trip = require(after.trip(name_of(20)));
  ASSERT_TRUE(trip);
  EXPECT_EQ(trip->deliveries.at(0).state, DeliveryState::set_aside);
  EXPECT_FALSE(after.check(trip->deliveries.at(0).id)) << "a retry would be refused";
  EXPECT_EQ(require(after.counts()).damaged, 1);
}

TEST_F(LedgerSalvage, SaysWhichRowsBreakARuleOfTheirTable) {
  damage([&] { replace_in_leaves_of(file, "trip", name_of(30), name_of(31)); });
  const auto report = require(salvage());
  EXPECT_EQ(of(report, "trip").left_out, 1);
  EXPECT_THAT(report.notes, Contains(Field(&SalvageNote::what, HasSubstr("breaks a rule"))));
  EXPECT_FALSE(report.is_whole());
}

TEST_F(LedgerSalvage, HoldsAChargeThatItsHistoryContradicts) {
  damage([&] {
    change("UPDATE settlement SET state = 4, captures_sent = 0 WHERE trip_sequence = 7");
  });
  (void)require(salvage());
  auto after = require(LedgerReader::open(made));
  const auto charge = require(after.settlement(7));
  ASSERT_TRUE(charge);
  EXPECT_EQ(charge->state, SettlementState::held);
  EXPECT_TRUE(charge->charge_unclear);
  EXPECT_GT(charge->captures_sent, charge->captures_not_done);
}

TEST_F(LedgerSalvage, WithholdsEverythingOpenWhereverTheNewOneIsStarted) {
  {
    (void)require(open_vouched(file, at(8'000)));
  }
  damage([&] { (void)zero_leaves_of(file, "trip_store", 0); });
  const auto report = require(salvage());
  EXPECT_EQ(report.withheld.count, trips - 1);
  EXPECT_GT(report.is.era, report.was.era);
  ASSERT_TRUE(report.witness);
  // The damaged one went on after that, as far as its witness.
  std::filesystem::rename(file, folder.path() / "kept.db");
  std::filesystem::rename(made, file);
  auto opened = require(open_vouched(file, now + std::chrono::hours(1)));
  require(opened.ledger.begin());
  const auto again = require(opened.ledger.append(make_cart("a trip that is lost")));
  require(opened.ledger.commit());
  auto after = require(LedgerReader::open(file));
  EXPECT_TRUE(require(after.counts()).gap);
  EXPECT_TRUE(require(after.settlement(again.sequence)).value().withheld);
  EXPECT_THAT(require(after.due_settlements(now, wait_max, 100)), IsEmpty());
}

std::int64_t first_due(const std::filesystem::path& ledger) {
  auto reader = require(LedgerReader::open(ledger));
  const auto due = require(
      reader.due_deliveries(Lane::cloud, now, wait_max, LedgerReader::Order::oldest_first, 1'000));
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  for (const auto& each : due) first = std::min(first, each.id);
  return first;
}

/// A lost write: SQLite takes the older page, and its bytes have the right SHA-256.
TEST_F(LedgerSalvage, SendsNothingOfWhichAnIndexSaysThatItWasDelivered) {
  damage([&] {
    const std::string older = contents(file);
    change("UPDATE delivery SET state = 2, ready_lane = NULL, finished_at_ms = 1 WHERE id < 20");
    const auto leaf = static_cast<std::size_t>(leaves_of(file, "delivery").front() - 1) * page_size;
    overwrite(file, leaf, older.substr(leaf, page_size));
  });
  (void)require(salvage());
  EXPECT_GE(first_due(made), 20);
}

TEST_F(LedgerSalvage, SendsNothingOfWhichAnIndexSaysThatItWasDeliveredBesideADamagedPageEither) {
  damage([&] {
    const std::string older = contents(file);
    change("UPDATE delivery SET state = 2, ready_lane = NULL, finished_at_ms = 1 WHERE id < 20");
    const auto leaves = leaves_of(file, "delivery");
    const auto stale = static_cast<std::size_t>(leaves.at(0) - 1) * page_size;
    overwrite(file, stale, older.substr(stale, page_size));
    overwrite(file, static_cast<std::size_t>(leaves.at(1) - 1) * page_size,
              std::string(page_size, '\0'));
  });
  (void)require(salvage());
  EXPECT_GE(first_due(made), 20);
}

class Reads {
 public:
  explicit Reads(int failures) : failures_(failures) {}
  ReadAt at() {
    return [this](int descriptor, void* into, std::size_t size, off_t offset) -> ssize_t {
      if (offset > 0 && failures_ > 0) {
        --failures_;
        errno = EIO;
        return -1;
      }
      return ::pread(descriptor, into, size, offset);
    };
  }

 private:
  int failures_;
};

TEST_F(LedgerSalvage, TakesAReadThatFailsOnceForNoDamageAndOneThatGoesOnForTheDisks) {
  damage([] {});
  Reads once(1);
  const auto copy = require(PrivateCopy::make(file, folder.path(), once.at()));
  EXPECT_EQ(contents(copy.file()), contents(file));
  Reads always(1'000'000);
  const auto none = PrivateCopy::make(file, folder.path(), always.at());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().remedy, Remedy::retry);
  EXPECT_THAT(none.error().message, HasSubstr("nothing was salvaged"));
}

TEST_F(LedgerSalvage, ReadsAgainWhatWasReadInTwoWays) {
  damage([] {});
  int reads = 0;
  const auto copy = require(PrivateCopy::make(
      file, folder.path(), [&](int descriptor, void* into, std::size_t size, off_t offset) {
        const ssize_t got = ::pread(descriptor, into, size, offset);
        if (++reads == 1) static_cast<char*>(into)[100] ^= 1;
        return got;
      }));
  EXPECT_EQ(contents(copy.file()), contents(file));
}

TEST_F(LedgerSalvage, TakesNoFileAndLogThatAreOfTwoTimes) {
  damage([] {});
  std::ofstream(file.string() + "-wal") << "a log";
  int files_begun = 0;
  const auto none = PrivateCopy::make(
      file, folder.path(), [&](int descriptor, void* into, std::size_t size, off_t offset) {
        if (offset == 0 && ++files_begun == 3) overwrite(file, page_size, "written from the log");
        return ::pread(descriptor, into, size, offset);
      });
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().remedy, Remedy::retry);
  EXPECT_THAT(none.error().message, HasSubstr("changed while its log was read"));
}

}  // namespace
}  // namespace gatehouse::store
