// A walk through a ledger on a disk that gives what it has at times, or never gives one sector.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "store/ledger/verify/ledger_verifier.hpp"
#include "tests/store/disk/fault_disk.hpp"
#include "tests/store/fixture.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::store {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;

constexpr VerifyBudget all_of_it{1'000'000'000, std::int64_t{1} << 40, milliseconds{60'000}};

class VerifyFaults : public testing::Test {
 protected:
  void add_trips(int count) {
    auto ledger = require(Ledger::open(file_));
    require(ledger.begin());
    for (int i = 0; i < count; ++i) {
      const std::string trip = "trip-" + std::to_string(1000 + i);
      (void)require(ledger.append(make_cart(trip, "{\"items\":\"" + trip + "\"}")));
    }
    require(ledger.commit());
  }
  void change(const std::string& sql) {
    auto database = require(sqlite::Database::open(file_, sqlite::Access::create));
    require(database.execute(sql));
    require(database.execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  void begin() {
    disk_.emplace(own_.path(), 1);
    verifier_.emplace(require(LedgerVerifier::open(file_)));
  }
  void end() {
    verifier_.reset();
    disk_.reset();
    found_.clear();
    ended_ = false;
    errors_ = 0;
  }
  /// Another step, which may fail.
  void step() {
    auto step = verifier_->step(all_of_it, SystemClock());
    errors_ += step ? 0 : 1;
    if (!step) return;
    std::ranges::move(step->found, std::back_inserter(found_));
    ended_ = step->ended;
  }
  void step_to_the_end() {
    for (int steps = 0; !ended_; ++steps) {
      ASSERT_LT(steps, 100) << "no progress";
      step();
    }
  }

  child::TemporaryFolder own_;
  std::filesystem::path file_ = own_.path() / "ledger.db";
  std::optional<FaultDisk> disk_;
  std::optional<LedgerVerifier> verifier_;
  std::vector<DamagedPlace> found_;
  bool ended_ = false;
  int errors_ = 0;
};

TEST_F(VerifyFaults, NeverTakeAwayWhatWasFoundBeforeThem) {
  add_trips(300);
  change("SELECT 1");
  flip_a_bit_at(file_, "items\":\"trip-1007");
  int behind_it = 0;
  for (int calls = 0; calls < 60; ++calls) {
    begin();
    disk_->fail({.kind = DiskFault::Kind::unreadable, .after = calls, .times = 1'000'000});
    step();
    behind_it += !found_.empty() && !ended_ ? 1 : 0;
    disk_->mend();
    step_to_the_end();
    EXPECT_THAT(found_, ElementsAre(AllOf(Field(&DamagedPlace::table, "trip"),
                                          Field(&DamagedPlace::row, 8))))
        << "call " << calls;
    end();
  }
  EXPECT_GT(behind_it, 5) << "the faults were elsewhere";
}

TEST_F(VerifyFaults, OfOneSectorAreToldWhenTheyComeAgainAndTheRestIsReadAllTheSame) {
  add_trips(2'000);
  change("UPDATE settlement SET state = 77 WHERE trip_sequence = 1900");
  const auto leaf = leaves_of(file_, "delivery").at(1);
  begin();
  disk_->lose_sector(file_, (leaf - 1) * static_cast<std::int64_t>(page_size));
  step();
  EXPECT_THAT(found_, IsEmpty());
  step();
  EXPECT_EQ(errors_, 1) << "it may pass";
  EXPECT_THAT(found_, IsEmpty());
  step_to_the_end();
  EXPECT_THAT(found_, Contains(AllOf(Field(&DamagedPlace::table, "delivery"),
                                     Field(&DamagedPlace::what, HasSubstr("cannot be read")),
                                     Field(&DamagedPlace::row, Gt(1)),
                                     Field(&DamagedPlace::row_to, Lt(200)))));
  EXPECT_THAT(found_, Contains(Field(&DamagedPlace::what, HasSubstr("state has a number"))));
  EXPECT_LE(errors_, 10) << "one for each part that it is read for";
}

TEST_F(VerifyFaults, OfTheWholeDiskAreNoDamageAndKeepThePlace) {
  add_trips(300);
  change("SELECT 1");
  begin();
  disk_->fail({.kind = DiskFault::Kind::unreadable, .after = 15, .times = 1'000'000});
  for (int i = 0; i < 6; ++i) step();
  EXPECT_GE(errors_, 5);
  EXPECT_FALSE(ended_);
  disk_->mend();
  step_to_the_end();
  EXPECT_THAT(found_, IsEmpty());
}

}  // namespace
}  // namespace gatehouse::store
