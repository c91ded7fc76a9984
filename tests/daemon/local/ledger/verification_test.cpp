#include "daemon/local/ledger/verification.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <fstream>

#include "tests/child/child.hpp"
#include "tests/store/disk/fault_disk.hpp"
#include "tests/store/disk/fault_vfs.hpp"
#include "tests/store/fixture.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

[[maybe_unused]] const bool installed = (store::install_fault_vfs(), true);

class VerificationTest : public testing::Test {
 protected:
  /// A ledger with this many trips, in which nobody has changed anything yet.
  explicit VerificationTest(int trips = 200) {
    auto ledger = store::require(store::Ledger::open(file_));
    store::require(ledger.begin());
    for (int i = 0; i < trips; ++i) {
      const std::string trip = "trip-" + std::to_string(1000 + i);
      (void)store::require(ledger.append(store::make_cart(trip, "{\"of\":\"" + trip + "\"}")));
    }
    store::require(ledger.commit());
  }
  /// Before start().
  void change(const std::string& sql) {
    auto database =
        store::require(store::sqlite::Database::open(file_, store::sqlite::Access::create));
    store::require(database.execute(sql));
    store::require(database.execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  /// Before start(). Of the cart of a trip.
  void damage(const std::string& trip) {
    change("SELECT 1");
    store::flip_a_bit_at(file_, "of\":\"" + trip);
  }
  void start() {
    writer_.emplace(file_);
    ASSERT_TRUE(writer_->wait_opened(20s));
    verification_.emplace(file_, *writer_, clock_, loop_);
  }
  Result<Verification::Page> page(std::int64_t after) {
    std::optional<Result<Verification::Page>> given;
    boost::asio::co_spawn(loop_, verification_->page(after),
                          [&given](const std::exception_ptr& thrown, auto page) {
                            if (!thrown) given.emplace(std::move(page));
                          });
    loop_.restart();
    loop_.run();
    return given ? *std::move(given) : failure(Remedy::retry, "it was not given");
  }

  child::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "ledger.db";
  SystemClock clock_;
  boost::asio::io_context loop_;
  std::optional<store::FaultDisk> disk_;
  std::optional<store::LedgerThread> writer_;
  std::optional<Verification> verification_;
};

TEST_F(VerificationTest, FindsNothingAndReachesTheEndOfALedgerThatIsWhole) {
  start();
  std::int64_t rows = 0;
  std::int64_t after = 0;
  do {
    const auto read = store::require(page(after));
    rows += read.read.rows;
    EXPECT_TRUE(read.read.found.empty());
    EXPECT_TRUE(read.next == 0 || read.next > after);
    after = read.next;
  } while (after != 0);
  EXPECT_GE(rows, 200 * 4);
  EXPECT_EQ(writer_->damage(), "");
}

TEST_F(VerificationTest, TellsWhatItFindsWhereDamageIsTold) {
  damage("trip-1017");
  start();
  const auto read = store::require(page(0));
  ASSERT_EQ(read.read.found.size(), 1U);
  EXPECT_EQ(read.read.found[0].trip_id, "trip-1017");
  EXPECT_THAT(writer_->damage(),
              HasSubstr("row 18 of trip (trip trip-1017): cart is not what was"));
}

TEST_F(VerificationTest, ByItselfTellsAsMuchAtTheEndOfASlice) {
  damage("trip-1017");
  start();
  int steps = 0;
  while (verification_->step_by_itself() != Verification::slice_interval) {
    ASSERT_LT(++steps, 10'000);
    EXPECT_EQ(writer_->damage(), "");
  }
  EXPECT_THAT(writer_->damage(), HasSubstr("trip-1017"));
}

/// What is named has a limit. The walk has another one: else it would take months.
TEST_F(VerificationTest, ByItselfGoesOnThroughMoreDamageThanItNames) {
  change("UPDATE settlement SET state = 77");
  start();
  for (int slices = 0; slices < 2; ++slices) {
    int steps = 0;
    while (verification_->step_by_itself() != Verification::slice_interval) {
      ASSERT_LT(++steps, 10'000);
    }
    EXPECT_THAT(writer_->damage(), HasSubstr("row 1 of settlement")) << "all of it in each slice";
  }
}

/// So that what waits on the loop, and the disk, have most of the time.
TEST_F(VerificationTest, ByItselfPausesLongerThanItWorked) {
  start();
  const SteadyTime began = clock_.steady();
  const auto pause = verification_->step_by_itself();
  const auto took = clock_.steady() - began;
  EXPECT_GE(pause, 1ms);
  EXPECT_TRUE(pause == Verification::slice_interval || pause >= 8 * took);
}

TEST_F(VerificationTest, GivesWhatItFoundBeforeTheDiskFailedAndGoesOnFromThere) {
  damage("trip-1017");
  disk_.emplace(folder_.path(), 1);
  start();
  int behind_it = 0;
  for (int calls = 0; calls < 30; calls += 3) {
    verification_.emplace(file_, *writer_, clock_, loop_);
    disk_->fail({.kind = store::DiskFault::Kind::unreadable, .after = calls, .times = 1'000'000});
    auto read = page(0);
    disk_->mend();
    behind_it += read && read->next != 0 ? 1 : 0;
    if (!read) read = page(0);
    std::size_t found = store::require(read).read.found.size();
    for (int pages = 0; read->next != 0; ++pages) {
      ASSERT_LT(pages, 100);
      read = page(read->next);
      found += store::require(read).read.found.size();
    }
    EXPECT_EQ(found, 1U) << "call " << calls;
  }
  EXPECT_GT(behind_it, 3) << "the faults were elsewhere";
}

/// With the place where it stood: else a ledger is never read behind a sector that is lost.
TEST_F(VerificationTest, ByItselfGoesOnAnHourLaterBehindASectorThatCannotBeRead) {
  damage("trip-1017");
  const auto leaf = store::leaves_of(file_, "delivery").at(1);
  disk_.emplace(folder_.path(), 1);
  start();
  disk_->lose_sector(file_, (leaf - 1) * static_cast<std::int64_t>(store::page_size));
  for (int slices = 0; slices < 2; ++slices) {
    EXPECT_THAT(writer_->damage(), Not(HasSubstr("of delivery: ")));
    int steps = 0;
    while (verification_->step_by_itself() != Verification::slice_interval) {
      ASSERT_LT(++steps, 10'000);
    }
  }
  EXPECT_THAT(writer_->damage(), HasSubstr("of delivery: "));
}

TEST_F(VerificationTest, RefusesAPageOfAVerificationThatAnotherOneHasEnded) {
  start();
  const auto first = page(7);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().remedy, Remedy::reject);
}

TEST_F(VerificationTest, SaysAgainLaterWhereThereIsNoLedger) {
  std::ofstream(file_) << std::string(5'000, 'x');
  writer_.emplace(file_);
  (void)writer_->wait_opened(20s);
  verification_.emplace(file_, *writer_, clock_, loop_);
  const auto none = page(0);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().remedy, Remedy::retry);
  EXPECT_EQ(verification_->step_by_itself(), Verification::slice_interval);
}

}  // namespace
}  // namespace gatehouse::local
