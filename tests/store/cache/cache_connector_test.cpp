// What the cache answers to the connectors beside the scan: loyalty and instruments.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/cache/cache.hpp"
#include "store/sqlite/database.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

using testing::ElementsAre;

const HashKey hash_key = HashKey::from_bytes({});

ShopperPut shopper(const std::string& document, const std::string& id, const std::string& key,
                   const std::string& loyalty, Status status = Status::active) {
  return {"shopper:" + document, id, Role::shopper, status, {key}, loyalty};
}

Instrument indebted() {
  return {.outstanding = Money{1250, "USD"},
          .risks = {"BadDebt", "CustomerFraud"},
          .decision = InstrumentDecision::deny,
          .authorize = Money{0, "JPY"}};
}

class ConnectorCache : public testing::Test {
 protected:
  void apply(const std::vector<ShopperChange>& changes) {
    require(writer.apply(changes, {"7", true, std::nullopt}));
  }
  std::string loyalty_of_key(const std::string& key) {
    const auto found = require(reader.loyalty_of_key(key, now));
    return found ? found->json : "nobody";
  }
  std::string loyalty_of_shopper(const std::string& id) {
    const auto found = require(reader.loyalty_of_shopper(id, now));
    return found ? found->json : "nobody";
  }
  std::optional<Instrument> instrument(const std::string& id) {
    return require(reader.instrument(id, now));
  }

  child::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "cache.db";
  CacheVersion version;
  SteadyTime now{};
  CacheWriter writer = require(CacheWriter::open(file, hash_key, version));
  CacheReader reader = require(CacheReader::open(file, hash_key, version));
};

TEST_F(ConnectorCache, FindsALoyaltyByKeyAndByShopper) {
  apply({shopper("1", "S-1", "1111", R"({"provider":"acme"})"), shopper("2", "S-2", "2222", "")});
  EXPECT_EQ(loyalty_of_key("1111"), R"({"provider":"acme"})");
  EXPECT_EQ(loyalty_of_shopper("S-1"), R"({"provider":"acme"})");
  EXPECT_EQ(loyalty_of_key("2222"), "");
  EXPECT_EQ(loyalty_of_key("3333"), "nobody");
  EXPECT_EQ(loyalty_of_shopper("1111"), "nobody");
}

TEST_F(ConnectorCache, PrefersTheActiveOneOfTwoDocumentsOfAShopper) {
  apply({shopper("1", "S-1", "1111", "blocked", Status::blocked),
         shopper("2", "S-1", "2222", "active")});
  EXPECT_EQ(loyalty_of_shopper("S-1"), "active");
  EXPECT_EQ(require(reader.loyalty_of_key("1111", now))->status, Status::blocked);
}

TEST_F(ConnectorCache, KeepsAnInstrumentUntilItsTombstone) {
  EXPECT_EQ(instrument("pi-1"), std::nullopt);
  apply({InstrumentPut{"instrument:pi-1", indebted()}, InstrumentPut{"instrument:pi-2", {}}});
  EXPECT_EQ(instrument("pi-1"), indebted());
  EXPECT_EQ(instrument("pi-2"), Instrument{});
  apply({InstrumentPut{"instrument:pi-1", {}}});
  EXPECT_EQ(instrument("pi-1"), Instrument{});
  apply({ShopperRemove{"instrument:pi-1"}});
  EXPECT_EQ(instrument("pi-1"), std::nullopt);
  EXPECT_EQ(require(writer.shopper_count()), 0);
}

TEST_F(ConnectorCache, ListsShoppersAndInstrumentsInOneOrder) {
  apply({InstrumentPut{"instrument:b", {}}, shopper("s", "S", "1", ""),
         ShopperPut{"instrument:a", "A", Role::shopper, Status::active, {}, ""},
         ShopperPut{"a", "A", Role::shopper, Status::active, {}, ""}});
  EXPECT_THAT(require(writer.document_ids("", 3)),
              ElementsAre("a", "instrument:a", "instrument:b"));
  EXPECT_THAT(require(writer.document_ids("instrument:a", 3)),
              ElementsAre("instrument:b", "shopper:s"));
}

TEST_F(ConnectorCache, FollowsADocumentThatChangesWhatItIs) {
  apply({ShopperPut{"instrument:x", "S", Role::shopper, Status::active, {"1111"}, "L"}});
  apply({InstrumentPut{"instrument:x", indebted()}});
  EXPECT_EQ(loyalty_of_key("1111"), "nobody");
  EXPECT_EQ(instrument("x"), indebted());
  apply({ShopperPut{"instrument:x", "S", Role::shopper, Status::active, {"1111"}, "L"}});
  EXPECT_EQ(loyalty_of_key("1111"), "L");
  EXPECT_EQ(instrument("x"), std::nullopt);
  EXPECT_THAT(require(writer.document_ids("", 9)), ElementsAre("instrument:x"));
}

TEST_F(ConnectorCache, TakesNothingAwayFromWhatIsHeldAgainstAnInstrumentByAnUnclearVersion) {
  apply({InstrumentPut{"instrument:pi-1", indebted()}});
  Instrument unclear;
  unclear.risks = {"Own", "BadDebt"};
  apply({InstrumentPut{"instrument:pi-1", unclear, "outstanding is odd"}});
  auto now_held = instrument("pi-1");
  ASSERT_TRUE(now_held);
  EXPECT_TRUE(now_held->unclear);
  EXPECT_EQ(now_held->outstanding, (Money{1250, "USD"}));
  EXPECT_THAT(now_held->risks, ElementsAre("Own", "BadDebt", "CustomerFraud"));
  EXPECT_EQ(now_held->decision, InstrumentDecision::deny);
  EXPECT_EQ(now_held->authorize, std::nullopt) << "and grants nothing";
  EXPECT_EQ(require(writer.unclear_counts()), (UnclearCounts{1, 0}));

  apply({DocumentUnclear{"instrument:pi-1", "its type cannot be read"}});
  EXPECT_EQ(instrument("pi-1"), now_held);
  apply({InstrumentPut{"instrument:pi-1", {}}});
  EXPECT_EQ(instrument("pi-1"), Instrument{}) << "a version that can be read counts again";
  EXPECT_EQ(require(writer.unclear_counts()), UnclearCounts{});
}

TEST_F(ConnectorCache, GrantsNothingByTheOlderVersionOfAnUnclearInstrument) {
  Instrument accepted;
  accepted.decision = InstrumentDecision::accept;
  Instrument unclear;
  unclear.unclear = true;
  apply({InstrumentPut{"instrument:pi-1", accepted}});
  apply({DocumentUnclear{"instrument:pi-1", "odd"}, DocumentUnclear{"instrument:pi-2", "odd"}});
  for (const auto* id : {"pi-1", "pi-2"}) {
    ASSERT_TRUE(instrument(id)) << id;
    EXPECT_EQ(*instrument(id), unclear) << id;
  }
  apply({ShopperRemove{"instrument:pi-2"}});
  EXPECT_FALSE(instrument("pi-2"));
}

TEST(CacheMigration, ReadsTheFeedAgainForTheInstrumentsThatWerePassedOver) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "cache.db";
  CacheVersion version;
  {
    auto writer = require(CacheWriter::open(file, hash_key, version));
    require(writer.apply(std::vector<ShopperChange>{shopper("1", "S-1", "1111", "L")},
                         {"41", true, from_unix_ms(77)}));
  }
  auto database = require(sqlite::Database::open(file, sqlite::Access::create));
  require(
      database.execute("DROP TABLE instrument; DROP INDEX shopper_by_shopper_id;"
                       " DROP TABLE unclear_document; PRAGMA user_version = 1"));
  auto writer = require(CacheWriter::open(file, hash_key, version));
  EXPECT_EQ(writer.rebuilt(), "");
  const FeedPosition position = require(writer.position());
  EXPECT_EQ(position.cursor, "");
  EXPECT_FALSE(position.complete);
  EXPECT_EQ(position.synced_at, from_unix_ms(77)) << "the gate's patience with its age goes on";
  EXPECT_EQ(require(writer.shopper_count()), 1);
}

TEST(CacheMigration, KeepsAnsweringWhileTheFeedIsReadAgainForWhatWasNotUnderstood) {
  const child::TemporaryFolder folder;
  const auto file = folder.path() / "cache.db";
  CacheVersion version;
  {
    auto writer = require(CacheWriter::open(file, hash_key, version));
    require(writer.apply(std::vector<ShopperChange>{shopper("1", "S-1", "1111", "L"),
                                                    InstrumentPut{"instrument:pi", indebted()}},
                         {"41", true, from_unix_ms(77)}));
  }
  auto database = require(sqlite::Database::open(file, sqlite::Access::create));
  require(
      database.execute("DROP TABLE unclear_document; ALTER TABLE instrument DROP COLUMN unclear;"
                       " PRAGMA user_version = 2"));
  auto writer = require(CacheWriter::open(file, hash_key, version));
  EXPECT_EQ(writer.rebuilt(), "");
  const FeedPosition position = require(writer.position());
  EXPECT_EQ(position.cursor, "");
  EXPECT_EQ(position.synced_at, from_unix_ms(77)) << "nobody is rejected for its age";
  auto reader = require(CacheReader::open(file, hash_key, version));
  EXPECT_EQ(require(reader.find("1111", {}))->status, Status::active);
  EXPECT_EQ(require(reader.instrument("pi", {})), indebted());
}

}  // namespace
}  // namespace gatehouse::store
