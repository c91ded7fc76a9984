// What single faults of a disk come to, one after the other at each call.
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <string>
#include <vector>

#include "store/cache/cache.hpp"
#include "store/ledger/ledger.hpp"
#include "store/ledger/ledger_thread.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/log_renewal.hpp"
#include "store/values/sha256.hpp"
#include "store/values/text/hexadecimal.hpp"
#include "tests/store/disk/fault_disk.hpp"
#include "tests/store/fixture.hpp"
#include "tests/store/sqlite/damage.hpp"

namespace gatehouse::store {
namespace {

/// The pragma gives its row before it commits: what fails then is told by the end of the statement
/// alone. Without the log a commit that returned may be lost with the power.
TEST(DiskFaults, NeverLeaveADatabaseWithoutTheLogThatItWasSaidToHave) {
  int failed = 0;
  for (int calls = 0; calls < 12; ++calls) {
    for (int times = 1; times < 6; ++times) {
      const child::TemporaryFolder own;
      FaultDisk disk(own.path(), 1);
      auto database = require(sqlite::Database::open(own.path() / "a.db", sqlite::Access::create));
      disk.fail({.kind = DiskFault::Kind::read_only, .after = calls, .times = times});
      const Result<> made = database.use_write_ahead_log();
      disk.mend();
      failed += made ? 0 : 1;
      if (!made) continue;
      // SQLite's own word for the mode is no proof: it says "wal" all the same.
      require(database.execute("CREATE TABLE t (a)"));
      EXPECT_TRUE(std::filesystem::exists(own.path() / "a.db-wal")) << calls << ", " << times;
    }
  }
  EXPECT_GT(failed, 5) << "the faults were elsewhere";
}

HashKey some_key() {
  return HashKey::from_bytes({});
}

/// A person can do nothing about the file itself: the same call may succeed later.
TEST(DiskFaults, ThatKeepAFileFromBeingOpenedAreToBeTriedAgain) {
  const child::TemporaryFolder own;
  FaultDisk disk(own.path(), 1);
  CacheVersion version;
  for (int calls = 0; calls < 6; ++calls) {
    disk.fail({.kind = DiskFault::Kind::full, .after = calls, .times = 100});
    const auto cache = CacheWriter::open(own.path() / "cache.db", some_key(), version);
    ASSERT_FALSE(cache) << "call " << calls;
    EXPECT_EQ(cache.error().remedy, Remedy::retry) << cache.error().message;
    EXPECT_TRUE(cache.error().message.contains("space")) << cache.error().message;
  }
}

TEST(DiskFaults, NeverEmptyTheCacheThatIsThere) {
  const child::TemporaryFolder own;
  const auto file = own.path() / "cache.db";
  FaultDisk disk(own.path(), 1);
  CacheVersion version;
  {
    CacheWriter writer = require(CacheWriter::open(file, some_key(), version));
    const ShopperPut ann{"d1", "ann", Role::shopper, Status::active, {"1111"}, ""};
    require(writer.apply(std::vector<ShopperChange>{ann}, {"7", true, at(1'000)}));
  }
  using enum DiskFault::Kind;
  for (const auto kind : {full, unreadable, read_only, unsynced, any}) {
    for (int calls = 0; calls < 40; ++calls) {
      disk.fail({.kind = kind, .after = calls, .times = 3});
      (void)CacheWriter::open(file, some_key(), version);  // well or not
      disk.mend();
      CacheWriter writer = require(CacheWriter::open(file, some_key(), version));
      ASSERT_EQ(writer.rebuilt(), "") << "call " << calls;
      ASSERT_EQ(require(writer.shopper_count()), 1) << "call " << calls;
    }
  }
}

/// A ledger whose process has died after a sync of the log had failed, on a machine that goes on:
/// what it could not sync can be read.
class AfterAFailedSync : public testing::Test {
 protected:
  AfterAFailedSync() {
    start();
    require(record("first"));
    disk_.fail({.kind = DiskFault::Kind::unsynced, .times = 100});
    EXPECT_FALSE(record("second"));
    end();
    disk_.start_again();
  }

  /// As the ledger thread opens it first.
  void start() {
    require(sqlite::LogRenewal{}.renew(file_));
    ledger_ = require(Ledger::open(file_));
  }
  void end() {
    disk_.die_after(0);
    ledger_.reset();
  }
  Result<> record(const std::string& trip) {
    require(ledger_->begin());
    require(ledger_->append(make_cart(trip)));
    return ledger_->commit();
  }
  [[nodiscard]] bool has(const std::string& trip) {
    return require(ledger_->append(make_cart(trip))).outcome == CartOutcome::repeated;
  }

  child::TemporaryFolder own_;
  std::filesystem::path file_ = own_.path() / "ledger.db";
  FaultDisk disk_{own_.path(), 1};
  std::optional<Ledger> ledger_;
};

/// The log that was on the disk without it must not come back with the power, over a file with it.
TEST_F(AfterAFailedSync, NothingThatAStartHasFoundIsTakenAwayByThePower) {
  start();
  ASSERT_TRUE(has("second")) << "it was not kept: nothing to be shown here";
  end();
  disk_.cut_power(FaultDisk::Loss::all);
  start();
  EXPECT_TRUE(has("second"));
}

/// While somebody reads the log goes on behind what is in it, and none of that may be missing.
TEST_F(AfterAFailedSync, NoCommitIsLostThatWasMadeBesideAnotherReader) {
  std::optional other(require(sqlite::Database::open(file_, sqlite::Access::read_only)));
  require(other->execute("BEGIN; SELECT count(*) FROM trip"));
  start();
  ASSERT_TRUE(has("second")) << "it was not kept: nothing to be shown here";
  require(record("third"));
  disk_.die_after(0);
  other.reset();
  end();
  disk_.cut_power(FaultDisk::Loss::all);
  start();
  EXPECT_TRUE(has("third")) << "acknowledged and lost";
  EXPECT_TRUE(has("first"));
}

/// Until it can be written anew nothing may be appended to it.
TEST_F(AfterAFailedSync, TheLogIsToBeTriedAgainWhereTheDiskRefusesItAnew) {
  for (const auto kind : {DiskFault::Kind::unsynced, DiskFault::Kind::unreadable,
                          DiskFault::Kind::read_only, DiskFault::Kind::any}) {
    disk_.fail({.kind = kind, .times = 100});
    const Result<> renewed = sqlite::LogRenewal{}.renew(file_);
    ASSERT_FALSE(renewed);
    EXPECT_EQ(renewed.error().remedy, Remedy::retry) << renewed.error().message;
    EXPECT_TRUE(renewed.error().message.contains("-wal anew")) << renewed.error().message;
    disk_.mend();
  }
  start();
  ASSERT_TRUE(has("second"));
  end();
  disk_.cut_power(FaultDisk::Loss::all);
  start();
  EXPECT_TRUE(has("second"));
}

/// A file that cannot be opened for another reason is asked again and again, and flash wears out.
TEST_F(AfterAFailedSync, TheLogIsWrittenAnewOnceWhileNobodyChangesIt) {
  sqlite::LogRenewal renewal;
  require(renewal.renew(file_));
  const auto writes = disk_.calls(DiskCall::write);
  require(renewal.renew(file_));
  EXPECT_EQ(disk_.calls(DiskCall::write), writes);
  ledger_ = require(Ledger::open(file_));
  require(record("third"));
  require(renewal.renew(file_));
  EXPECT_GT(disk_.calls(DiskCall::write), writes + 1);
}

/// Behind the last frame lies what a longer log has left: SQLite never looks there.
TEST_F(AfterAFailedSync, NothingBehindTheLastFrameIsReadOrWritten) {
  start();
  for (int number = 0; number < 60; ++number) require(record("long-" + std::to_string(number)));
  auto other = require(sqlite::Database::open(file_, sqlite::Access::create));
  require(other.use_write_ahead_log());
  require(other.copy_log());
  require(record("begins-the-log-anew"));
  end();
  disk_.start_again();
  const auto log = std::filesystem::file_size(file_.string() + "-wal");
  const auto reads = disk_.calls(DiskCall::read);
  require(sqlite::LogRenewal{}.renew(file_));
  EXPECT_LT(disk_.calls(DiskCall::read) - reads, static_cast<std::int64_t>(log / 4'096 / 2));
}

TEST(SlowDisk, CostsACartOneSync) {
  const child::TemporaryFolder own;
  FaultDisk disk(own.path(), 1);
  Ledger ledger = require(Ledger::open(own.path() / "ledger.db"));
  const auto record = [&](int number) {
    require(ledger.begin());
    require(ledger.append(make_cart(std::to_string(number))));
    require(ledger.commit());
  };
  record(0);  // the first one in a log syncs the log's header as well
  disk.slow_down(DiskCall::sync, milliseconds{5'000});
  constexpr int carts = 10;
  for (int number = 1; number <= carts; ++number) record(number);
  EXPECT_EQ(disk.waited(), carts * milliseconds{5'000});
}

/// The cause of the damage may be a disk that fails now and then, which is no reason to restore.
TEST(DiskFaults, DuringTheTrialOfACartAreNoProofThatTheLedgerTakesNone) {
  const child::TemporaryFolder own;
  const auto file = own.path() / "ledger.db";
  {
    Ledger ledger = require(Ledger::open(file));
    require(ledger.begin());
    for (int i = 0; i < 3'000; ++i) {
      (void)require(ledger.append(make_cart(hexadecimal(sha256(std::to_string(i))))));
    }
    require(ledger.commit());
  }
  zero_leaves_of(file, "delivery", -1);
  FaultDisk disk(own.path(), 1);
  LedgerThread writer(file);
  ASSERT_TRUE(writer.wait_opened(std::chrono::seconds{20})) << writer.trouble();
  std::promise<Result<CartReceipt>> answer;
  ASSERT_TRUE(writer.submit<CartReceipt>(
      [&disk](Ledger& ledger) {
        auto receipt = ledger.append(make_cart("zz"));
        disk.fail({.kind = DiskFault::Kind::unreadable, .times = 1'000'000});
        return receipt;
      },
      [&](Result<CartReceipt> result) { answer.set_value(std::move(result)); }));
  const auto receipt = answer.get_future().get();
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().remedy, Remedy::repair) << receipt.error().message;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (writer.trouble().empty() && std::chrono::steady_clock::now() < deadline) child::pause();
  EXPECT_TRUE(writer.trouble().contains("SQLITE_IOERR")) << writer.trouble();
  EXPECT_GT(disk.failures(), 0) << "the fault was elsewhere";
  EXPECT_EQ(writer.carts_refused(), "");
  disk.mend();
  while (!writer.trouble().empty() && std::chrono::steady_clock::now() < deadline) child::pause();
  EXPECT_EQ(writer.trouble(), "") << "it is tried again by itself";
}

TEST(SlowDisk, CostsAScanNothing) {
  const child::TemporaryFolder own;
  const auto file = own.path() / "cache.db";
  FaultDisk disk(own.path(), 1);
  CacheVersion version;
  CacheWriter writer = require(CacheWriter::open(file, some_key(), version));
  CacheReader reader = require(CacheReader::open(file, some_key(), version));
  const ShopperPut ann{"d1", "ann", Role::shopper, Status::active, {"1111"}, ""};
  require(writer.apply(std::vector<ShopperChange>{ann}, {"7", true, at(1'000)}));
  for (const auto call : {DiskCall::write, DiskCall::truncate, DiskCall::sync}) {
    disk.slow_down(call, milliseconds{5'000});
  }
  EXPECT_TRUE(require(reader.find("1111", SteadyTime{})));
  EXPECT_EQ(disk.waited(), milliseconds{0});
}

}  // namespace
}  // namespace gatehouse::store
