// What single faults of a disk come to, one after the other at each call.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "store/cache/cache.hpp"
#include "store/ledger/ledger.hpp"
#include "store/sqlite/database.hpp"
#include "tests/store/disk/fault_disk.hpp"
#include "tests/store/fixture.hpp"

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

/// What a sync kept from the log can be read after a kill, and goes into the file at the next
/// start. The log that was on the disk without it must not come back with the power after that.
TEST(DiskFaults, TakeNothingAwayThatAStartHasFound) {
  const child::TemporaryFolder own;
  const auto file = own.path() / "ledger.db";
  FaultDisk disk(own.path(), 1);
  const auto record = [](Ledger& ledger, const std::string& trip) -> Result<> {
    require(ledger.begin());
    require(ledger.append(make_cart(trip)));
    return ledger.commit();
  };
  std::optional<Ledger> ledger(require(Ledger::open(file)));
  require(record(*ledger, "first"));
  disk.fail({.kind = DiskFault::Kind::unsynced, .times = 100});
  ASSERT_FALSE(record(*ledger, "second"));
  disk.die_after(0);
  ledger.reset();
  disk.start_again();

  ledger = require(Ledger::open(file));
  const auto again = require(ledger->append(make_cart("second")));
  ASSERT_EQ(again.outcome, CartOutcome::repeated) << "it was not kept: nothing to be shown here";
  disk.die_after(0);
  ledger.reset();
  disk.cut_power(FaultDisk::Loss::all);

  ledger = require(Ledger::open(file));
  EXPECT_EQ(require(ledger->append(make_cart("second"))).outcome, CartOutcome::repeated);
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
