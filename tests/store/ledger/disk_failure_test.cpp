// What happens when the disk is full or broken, on real files behind a disk that fails on demand.
#include <gtest/gtest.h>

#include <fstream>

#include "store/cache/cache.hpp"
#include "tests/store/ledger/ledger_thread_fixture.hpp"
#include "tests/store/sqlite/faulty_disk.hpp"

namespace gatehouse::store {
namespace {

class DiskFailure : public LedgerThreadFixture {
 protected:
  void TearDown() override { EXPECT_GT(FaultyDisk::failures.exchange(0), 0) << "nothing failed"; }
  FaultyDisk disk;
};

TEST_F(DiskFailure, AnswersACartWithRetryWhileTheDiskIsFullAndTakesItAgainAfterwards) {
  start();
  ASSERT_TRUE(append(make_cart("before")));
  disk.full = true;
  const auto refused = append(make_cart("t-1"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().remedy, Remedy::retry);
  EXPECT_NE(refused.error().message.find("the disk is full"), std::string::npos);
  EXPECT_NE(writer->trouble().find("the disk is full"), std::string::npos);
  EXPECT_FALSE(append(make_cart("t-2")));
  disk.repair();
  EXPECT_EQ(require(append(make_cart("t-1"))).outcome, CartOutcome::recorded);
  EXPECT_EQ(writer->trouble(), "");
  EXPECT_TRUE(has("before"));
  EXPECT_FALSE(has("t-2"));
}

TEST_F(DiskFailure, LeavesTheCacheReadableForABoxThatStartsOnAFullDisk) {
  const auto cache = folder.path() / "cache.db";
  const HashKey key = HashKey::from_bytes({});
  CacheVersion version{0};
  const ShopperChange put = ShopperPut{
      .document_id = "shopper:S-1", .shopper_id = "S-1", .keys = {"key-1"}, .loyalty = ""};
  require(require(CacheWriter::open(cache, key, version)).apply({&put, 1}, {"1", true, {}}));
  disk.full = true;
  auto feed = require(CacheWriter::open(cache, key, version));
  auto reader = require(CacheReader::open(cache, key, version));
  EXPECT_TRUE(require(reader.find("key-1", {})));
  EXPECT_FALSE(feed.apply({&put, 1}, {"2", true, {}})) << "the feed waits";
}

TEST_F(DiskFailure, KeepsNothingOfABatchWhoseSyncFailed) {
  start();
  ASSERT_TRUE(append(make_cart("before")));
  const auto released = std::make_shared<std::latch>(1);
  hold(released);
  std::vector<std::optional<Receipt>> receipts;
  for (int i = 0; i < 5; ++i) receipts.push_back(offer(make_cart(std::to_string(i))));
  disk.sync_fails = true;
  released->count_down();
  for (auto& receipt : receipts) {
    const auto answer = wait(std::move(receipt));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().remedy, Remedy::retry);
  }
  EXPECT_NE(writer->trouble().find("SQLITE_IOERR_FSYNC"), std::string::npos) << writer->trouble();
  disk.repair();
  EXPECT_EQ(require(append(make_cart("0"))).outcome, CartOutcome::recorded);
  EXPECT_EQ(trips(), 2);
}

TEST_F(DiskFailure, MakesTheWriterOpenTheFileAnewAndBeginItsLogAgain) {
  start();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(append(make_cart(std::to_string(i))));
  // A log that is begun again has another header; its file keeps its length.
  const auto header = [&] {
    constexpr std::streamsize header_bytes = 32;
    std::string bytes(header_bytes, '\0');
    std::ifstream(file.string() + "-wal", std::ios::binary).read(bytes.data(), header_bytes);
    return bytes;
  };
  const std::string before = header();
  disk.sync_fails = true;
  EXPECT_FALSE(append(make_cart("t-1")));
  disk.repair();
  EXPECT_TRUE(append(make_cart("t-2")));
  EXPECT_NE(header(), before) << "what was read may not be what the disk has";
  EXPECT_EQ(trips(), 21);
}

TEST_F(DiskFailure, IsNotReportedAsACommit) {
  start();
  std::atomic<int> commits = 0;
  writer->on_commit([&] { ++commits; });
  disk.sync_fails = true;
  EXPECT_FALSE(append(make_cart("t-1")));
  disk.repair();
  EXPECT_TRUE(append(make_cart("t-2")));
  EXPECT_TRUE(eventually([&] { return commits == 1; }));
}

TEST_F(DiskFailure, IsOverOnceAWriteSucceedsAlsoWithoutWork) {
  start();
  disk.sync_fails = true;
  EXPECT_FALSE(append(make_cart("t-1")));
  EXPECT_NE(writer->trouble(), "");
  const std::uint64_t before = writer->turns();
  ASSERT_TRUE(eventually([&] { return writer->turns() > before + 1; }));
  EXPECT_NE(writer->trouble(), "") << "a disk that still fails is no longer reported";
  disk.repair();
  EXPECT_TRUE(eventually([&] { return writer->trouble().empty(); }));
}

TEST_F(DiskFailure, DoesNotKeepAWriterFromStopping) {
  start();
  disk.sync_fails = true;
  auto receipt = offer(make_cart("t-1"));
  writer->stop();
  EXPECT_FALSE(wait(std::move(receipt)));
}

TEST_F(DiskFailure, OfAnOpenIsReportedAsRetry) {
  {
    const Ledger made = require(Ledger::open(file));
  }
  disk.full = true;
  const auto refused = Ledger::open(folder.path() / "other.db");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().remedy, Remedy::retry);
  disk.repair();
  EXPECT_TRUE(Ledger::open(folder.path() / "other.db"));
}

TEST_F(DiskFailure, KeepsCacheAndCursorTogether) {
  const HashKey key = HashKey::from_bytes({});
  const auto cache = folder.path() / "cache.db";
  CacheVersion version;
  auto cache_writer = require(CacheWriter::open(cache, key, version));
  auto reader = require(CacheReader::open(cache, key, version));
  const auto put = [](const std::string& id) {
    return std::vector<ShopperChange>{ShopperPut{id, id, Role::shopper, Status::active, {id}, ""}};
  };
  require(cache_writer.apply(put("one"), {"1", true, std::nullopt}));
  disk.full = true;
  const Result<> refused = cache_writer.apply(put("two"), {"2", true, std::nullopt});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().remedy, Remedy::retry);
  EXPECT_TRUE(require(reader.find("one", SteadyTime{}))) << "the gate goes on answering";
  disk.repair();
  EXPECT_EQ(require(cache_writer.position()).cursor, "1");
  require(cache_writer.apply(put("two"), {"2", true, std::nullopt}));
  EXPECT_TRUE(require(reader.find("two", SteadyTime{})));
}

}  // namespace
}  // namespace gatehouse::store
