#include "store/cache/cache.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "store/cache/cache_names.hpp"
#include "store/sqlite/database.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

HashKey make_key(unsigned char fill = 7) {
  std::array<std::byte, 32> bytes{};
  bytes.fill(std::byte{fill});
  return HashKey::from_bytes(bytes);
}

ShopperPut put(const std::string& document, const std::vector<std::string>& keys,
               Status status = Status::active) {
  ShopperPut change;
  change.document_id = "shopper:" + document;
  change.shopper_id = document;
  change.status = status;
  change.keys = keys;
  return change;
}
ShopperRemove removed(const std::string& document) {
  return {"shopper:" + document};
}

std::string file_bytes(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Cache : public testing::Test {
 protected:
  void open_writer(const HashKey& key = make_key()) {
    reader.reset();
    writer.reset();
    writer.emplace(require(CacheWriter::open(file, key, version)));
  }
  void open_reader() { reader.emplace(require(CacheReader::open(file, make_key(), version))); }
  void apply(const std::vector<ShopperChange>& changes, const std::string& cursor = "1") {
    require(writer->apply(changes, {cursor, false, std::nullopt}));
  }
  /// The id of the shopper that a scan of `key` finds; '' for nobody.
  std::string found(const std::string& key) {
    if (!reader) open_reader();
    const auto shopper = require(reader->find(key, now));
    return shopper ? shopper->shopper_id : "";
  }

  child::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "cache.db";
  CacheVersion version;
  SteadyTime now{};
  std::optional<CacheWriter> writer;
  std::optional<CacheReader> reader;
};

TEST_F(Cache, StartsEmptyAtTheBeginningOfTheFeed) {
  open_writer();
  EXPECT_EQ(writer->rebuilt(), "");
  const FeedPosition position = require(writer->position());
  EXPECT_EQ(position.cursor, "");
  EXPECT_FALSE(position.complete);
  EXPECT_FALSE(position.synced_at);
  EXPECT_EQ(require(writer->shopper_count()), 0);
  EXPECT_EQ(found("1111"), "");
}

TEST_F(Cache, HasItsSchemaInTheHeaderOfTheFileWhileItIsOpen) {
  open_writer();
  EXPECT_EQ(schema_in_header(file), CacheWriter::newest_schema());
}

TEST_F(Cache, FindsAShopperByEachOfItsKeys) {
  open_writer();
  ShopperPut associate = put("A", {"9999"}, Status::blocked);
  associate.role = Role::associate;
  apply({put("S", {"1111", "2222"}), associate});
  EXPECT_EQ(found("1111"), "S");
  EXPECT_EQ(found("2222"), "S");
  EXPECT_EQ(found("111"), "");
  const auto shopper = require(reader->find("9999", now));
  ASSERT_TRUE(shopper);
  EXPECT_EQ(shopper->role, Role::associate);
  EXPECT_EQ(shopper->status, Status::blocked);
  EXPECT_EQ(require(writer->shopper_count()), 2);
}

TEST_F(Cache, TakesALaterChangeOfTheSameDocument) {
  open_writer();
  apply({put("S", {"old", "both"})});
  apply({put("S", {"both", "new"}, Status::blocked)});
  EXPECT_EQ(found("old"), "");
  EXPECT_EQ(found("new"), "S");
  EXPECT_EQ(require(reader->find("both", now))->status, Status::blocked);
  EXPECT_EQ(require(writer->shopper_count()), 1);
}

TEST_F(Cache, ForgetsARemovedDocumentWithItsKeys) {
  open_writer();
  apply({put("S", {"1111", "2222"}), put("T", {"3333"})});
  apply({removed("S"), removed("never seen")});
  EXPECT_EQ(found("1111"), "");
  EXPECT_EQ(found("2222"), "");
  EXPECT_EQ(found("3333"), "T");
  EXPECT_EQ(require(writer->shopper_count()), 1);
}

TEST_F(Cache, AppliesTheChangesOfABatchInOrder) {
  open_writer();
  apply({put("S", {"1"}), removed("S"), put("S", {"2"}), put("S", {"3"})});
  EXPECT_EQ(found("1"), "");
  EXPECT_EQ(found("2"), "");
  EXPECT_EQ(found("3"), "S");
}

TEST_F(Cache, GivesAKeyToTheDocumentThatClaimedItLast) {
  open_writer();
  apply({put("first", {"card", "own"})});
  apply({put("second", {"card"})});
  EXPECT_EQ(found("card"), "second");
  EXPECT_EQ(found("own"), "first");
}

TEST_F(Cache, KeepsAKeyThatMovedWhenItsFirstOwnerGoes) {
  open_writer();
  apply({put("first", {"card"}), put("second", {"card"})});
  apply({removed("first")});
  EXPECT_EQ(found("card"), "second");
}

TEST_F(Cache, KeepsAKeyThatMovedWhenItsFirstOwnerGivesItUp) {
  open_writer();
  apply({put("first", {"card"}), put("second", {"card"})});
  apply({put("first", {"other"})});
  EXPECT_EQ(found("card"), "second");
}

TEST_F(Cache, PassesOverAnEmptyKeyAndARepeatedOne) {
  open_writer();
  apply({put("S", {"", "1", "1"})});
  EXPECT_EQ(found(""), "");
  EXPECT_EQ(found("1"), "S");
  apply({put("S", {})});
  EXPECT_EQ(found("1"), "");
}

TEST_F(Cache, KeepsDataAndCursorAcrossARestart) {
  open_writer();
  require(writer->apply(std::vector<ShopperChange>{put("S", {"1"})}, {"42-g", true, at(77)}));
  open_writer();
  EXPECT_EQ(writer->rebuilt(), "");
  const FeedPosition position = require(writer->position());
  EXPECT_EQ(position.cursor, "42-g");
  EXPECT_TRUE(position.complete);
  EXPECT_EQ(position.synced_at, at(77));
  EXPECT_EQ(found("1"), "S");
  EXPECT_EQ(require(reader->position()).cursor, "42-g");
}

TEST_F(Cache, KeepsNeitherDataNorCursorOfABatchThatFails) {
  open_writer();
  apply({put("S", {"1"})}, "1");
  auto other = require(sqlite::Database::open(file, sqlite::Access::create));
  // The last statement of a batch moves the cursor: it fails, and takes the data with it.
  require(
      other.execute("CREATE TRIGGER refuse BEFORE UPDATE ON feed_position"
                    " BEGIN SELECT raise(ABORT, 'refused'); END"));
  const std::vector<ShopperChange> changes{put("S", {"2"}), put("T", {"3"})};
  EXPECT_FALSE(writer->apply(changes, {"2", true, std::nullopt}));
  require(other.execute("DROP TRIGGER refuse"));
  EXPECT_EQ(require(writer->position()).cursor, "1");
  EXPECT_EQ(found("1"), "S");
  EXPECT_EQ(found("2"), "");
  EXPECT_EQ(found("3"), "");
  EXPECT_TRUE(writer->apply(changes, {"2", true, std::nullopt}));
  EXPECT_EQ(found("3"), "T");
}

TEST_F(Cache, ShowsACommitToAReaderAtItsNextLookup) {
  open_writer();
  open_reader();
  EXPECT_EQ(found("1"), "");
  apply({put("S", {"1"})}, "next");
  EXPECT_EQ(found("1"), "S");
  apply({removed("S")}, "last");
  EXPECT_EQ(require(reader->position()).cursor, "last");
  EXPECT_EQ(found("1"), "");
}

TEST_F(Cache, RenewsTheReadersSnapshotAfterHundredMilliseconds) {
  open_writer();
  open_reader();
  EXPECT_EQ(found("1"), "");
  // Another program commits, so nobody counts the version up.
  CacheVersion others_version;
  auto other = require(CacheWriter::open(file, make_key(), others_version));
  require(other.apply(std::vector<ShopperChange>{put("S", {"1"})}, {"2", false, std::nullopt}));
  now += milliseconds{99};
  EXPECT_EQ(found("1"), "") << "a lookup pays for a transaction of its own";
  now += milliseconds{1};
  EXPECT_EQ(found("1"), "S");
}

TEST_F(Cache, LetsTheLogBeEmptiedOnceAnIdleReaderIsReleased) {
  open_writer();
  open_reader();
  EXPECT_EQ(found("1"), "");
  apply({put("S", {"1"})});
  auto other = require(sqlite::Database::open(file, sqlite::Access::create, milliseconds{0}));
  require(other.use_write_ahead_log());
  reader->release(now + milliseconds{99});
  EXPECT_FALSE(other.checkpoint()) << "the reader holds no snapshot";
  reader->release(now + milliseconds{100});
  EXPECT_TRUE(other.checkpoint());
  EXPECT_EQ(std::filesystem::file_size(file.string() + "-wal"), 0U);
}

TEST_F(Cache, HasNoKeyInTheClearOnDisk) {
  open_writer();
  apply({put("S", {"1111-2222-3333-4444"})});
  apply({put("S", {"5555-6666-7777-8888"})});
  for (const char* suffix : {"", "-wal"}) {
    const std::string bytes = file_bytes(file.string() + suffix);
    EXPECT_FALSE(bytes.empty()) << suffix;
    EXPECT_EQ(bytes.find("1111-2222"), std::string::npos) << suffix;
    EXPECT_EQ(bytes.find("5555-6666"), std::string::npos) << suffix;
  }
  EXPECT_NE(file_bytes(file.string() + "-wal").find("shopper:S"), std::string::npos)
      << "the test looks where nothing is";
  EXPECT_FALSE(std::filesystem::exists(file.string() + "-shm")) << "that is in memory";
}

TEST_F(Cache, IsRebuiltWhenAnotherHashKeyIsInUse) {
  open_writer();
  apply({put("S", {"1"})});
  open_writer(make_key(8));
  EXPECT_NE(writer->rebuilt().find("hash key"), std::string::npos);
  EXPECT_EQ(require(writer->position()).cursor, "");
  EXPECT_EQ(require(writer->shopper_count()), 0);
  open_writer(make_key(8));
  EXPECT_EQ(writer->rebuilt(), "");
}

TEST_F(Cache, GrowsToItsLimitAndKeepsWhatItHas) {
  open_writer();
  require(writer->limit_size(std::int64_t{64} * 4096));
  int applied = 0;
  const auto apply_one = [&] {
    const std::string id = std::to_string(applied);
    const std::vector<ShopperChange> one{put(id, {"key-" + id})};
    return writer->apply(one, {id, false, std::nullopt});
  };
  Result<> last;
  while ((last = apply_one()) && applied < 10'000) ++applied;
  ASSERT_FALSE(last) << applied;
  EXPECT_EQ(last.error().remedy, Remedy::retry);
  EXPECT_GT(applied, 100);
  EXPECT_EQ(require(writer->position()).cursor, std::to_string(applied - 1));
  EXPECT_EQ(found("key-" + std::to_string(applied - 1)), std::to_string(applied - 1));
}

TEST_F(Cache, IsRebuiltFromAFileThatIsNoDatabase) {
  std::ofstream(file) << std::string(10'000, 'x');
  std::ofstream(file.string() + "-wal") << "garbage";
  open_writer();
  EXPECT_NE(writer->rebuilt().find("SQLITE_NOTADB"), std::string::npos) << writer->rebuilt();
  apply({put("S", {"1"})});
  EXPECT_EQ(found("1"), "S");
}

TEST_F(Cache, IsRebuiltFromAFileThatWasCut) {
  open_writer();
  std::vector<ShopperChange> many;
  for (int i = 0; i < 2'000; ++i) many.emplace_back(put(std::to_string(i), {std::to_string(i)}));
  apply(many);
  writer.reset();  // moves the log into the file
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  open_writer();
  EXPECT_NE(writer->rebuilt(), "");
  EXPECT_EQ(require(writer->shopper_count()), 0);
}

TEST_F(Cache, IsRebuiltFromAFileWhoseFirstTableWasOverwritten) {
  open_writer();
  apply({put("S", {"1"})});
  writer.reset();  // moves the log into the file
  std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
  damaged.seekp(4096);
  damaged << std::string(4096, '\xff');
  damaged.close();
  open_writer();
  EXPECT_NE(writer->rebuilt().find("SQLITE_CORRUPT"), std::string::npos) << writer->rebuilt();
  EXPECT_EQ(require(writer->shopper_count()), 0);
}

TEST_F(Cache, IsRebuiltFromAStrangersDatabase) {
  {
    auto other = require(sqlite::Database::open(file, sqlite::Access::create));
    require(other.execute("CREATE TABLE credential (a); PRAGMA user_version = 1"));
  }
  open_writer();
  EXPECT_NE(writer->rebuilt(), "");
  EXPECT_EQ(require(writer->shopper_count()), 0);
}

class DamagedCache : public Cache {
 protected:
  DamagedCache() {
    open_writer();
    for (int i = 0; i < 5'000; ++i) many.emplace_back(put(std::to_string(i), {std::to_string(i)}));
    apply(many);
    writer.reset();  // moves the log into the file
    // In the middle of the file, where a look at both ends of each table does not come.
    std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(60 * 4096);
    damaged << std::string(40 * 4096, '\xff');
    damaged.close();
    open_writer();
    EXPECT_EQ(writer->rebuilt(), "") << "the damage shows too early for these tests";
  }
  void expect_rebuilt_at_next_open(const Error& error) {
    EXPECT_EQ(error.remedy, Remedy::repair);
    EXPECT_NE(error.message.find("is damaged"), std::string::npos) << error.message;
    EXPECT_TRUE(version.damaged);
    note_damage(file);
    open_writer();
    EXPECT_NE(writer->rebuilt(), "");
    apply(many);
    EXPECT_EQ(found("4999"), "4999");
    open_writer();
    EXPECT_EQ(writer->rebuilt(), "") << "it is replaced once";
  }
  std::vector<ShopperChange> many;
};

TEST_F(DamagedCache, IsRebuiltAtTheNextOpenOnceTheWriterFoundItAndThatWasNoted) {
  const Result<> applied = writer->apply(many, {"2", false, std::nullopt});
  ASSERT_FALSE(applied);
  expect_rebuilt_at_next_open(applied.error());
}

TEST_F(DamagedCache, IsRebuiltAtTheNextOpenOnceAReaderFoundItAndThatWasNoted) {
  open_reader();
  std::optional<Error> error;
  for (int i = 0; i < 5'000 && !error; ++i) {
    const auto shopper = reader->find(std::to_string(i), now);
    if (!shopper) error = shopper.error();
  }
  ASSERT_TRUE(error);
  expect_rebuilt_at_next_open(*error);
}

TEST_F(Cache, KeepsNothingOfABatchThatAStopEnds) {
  open_writer();
  std::atomic<bool> stopping = false;
  writer->end_early_once(stopping);
  apply({put("S", {"1"})}, "1");
  stopping = true;
  const std::vector<ShopperChange> change{put("T", {"2"})};
  const Result<> applied = writer->apply(change, {"2", true, std::nullopt});
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().remedy, Remedy::retry);
  EXPECT_EQ(require(writer->position()).cursor, "1");
  EXPECT_EQ(found("2"), "");
}

TEST_F(Cache, RefusesANewerSchemaAndLeavesItAlone) {
  {
    auto other = require(sqlite::Database::open(file, sqlite::Access::create));
    require(other.execute("CREATE TABLE future (a); PRAGMA user_version = 9"));
  }
  const auto opened = CacheWriter::open(file, make_key(), version);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().remedy, Remedy::repair);
  EXPECT_NE(opened.error().message.find("number 9"), std::string::npos);
  auto other = require(sqlite::Database::open(file, sqlite::Access::read_only));
  EXPECT_EQ(require(other.integer("SELECT count(*) FROM future")), 0);
}

TEST_F(Cache, CannotBeReadBeforeAWriterMadeIt) {
  const auto opened = CacheReader::open(file, make_key(), version);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().remedy, Remedy::repair);
}

}  // namespace
}  // namespace gatehouse::store
