// Documents whose newest version cannot be understood.
#include <gtest/gtest.h>

#include "store/cache/cache.hpp"
#include "tests/store/fixture.hpp"

namespace gatehouse::store {
namespace {

const HashKey hash_key = HashKey::from_bytes({});

ShopperPut put(const std::string& document, const std::vector<std::string>& keys,
               Status status = Status::active) {
  return {"shopper:" + document, document, Role::shopper, status, keys, ""};
}
ShopperRemove removed(const std::string& document) {
  return {"shopper:" + document};
}

class UnclearCache : public testing::Test {
 protected:
  void apply(const std::vector<ShopperChange>& changes) {
    require(writer->apply(changes, {"1", false, std::nullopt}));
  }
  std::string standing(const std::string& key) {
    auto reader = require(CacheReader::open(file, hash_key, version));
    const auto shopper = require(reader.find(key, {}));
    if (!shopper) return "nobody";
    return shopper->status == Status::active ? "active" : "blocked";
  }

  child::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "cache.db";
  CacheVersion version;
  std::optional<CacheWriter> writer = require(CacheWriter::open(file, hash_key, version));
};

TEST_F(UnclearCache, BlocksWhomANewestVersionThatCannotBeUnderstoodIsAbout) {
  apply({put("S", {"1111", "2222", "moved"}), put("T", {"3333", "moved"})});
  apply({DocumentUnclear{"shopper:S", "keys are odd"}, DocumentUnclear{"shopper:new", "odd"}});
  EXPECT_EQ(standing("1111"), "blocked");
  EXPECT_EQ(standing("2222"), "blocked");
  EXPECT_EQ(standing("3333"), "active");
  EXPECT_EQ(standing("moved"), "active") << "it is another document's now";
  auto reader = require(CacheReader::open(file, hash_key, version));
  EXPECT_EQ(require(reader.loyalty_of_shopper("S", {}))->status, Status::blocked);
  EXPECT_EQ(require(writer->unclear_counts()), (UnclearCounts{2, 1}));
  EXPECT_EQ(require(writer->document_ids("", 9)),
            (std::vector<std::string>{"shopper:S", "shopper:T", "shopper:new"}));

  writer.emplace(require(CacheWriter::open(file, hash_key, version)));
  EXPECT_EQ(require(writer->unclear_counts()), (UnclearCounts{2, 1})) << "after a restart too";
  apply({put("S", {"1111"})});
  EXPECT_EQ(standing("1111"), "active");
  apply({removed("new")});
  EXPECT_EQ(require(writer->unclear_counts()), UnclearCounts{});
}

TEST_F(UnclearCache, CountsAShopperThatIsBlockedForWhatCannotBeUnderstood) {
  ShopperPut unclear = put("S", {"1111"}, Status::blocked);
  unclear.unclear = "status is odd";
  apply({unclear, put("T", {"2222"}, Status::blocked)});
  EXPECT_EQ(require(writer->unclear_counts()), (UnclearCounts{1, 1}));
  apply({put("S", {"1111"}, Status::blocked)});
  EXPECT_EQ(require(writer->unclear_counts()), UnclearCounts{});
}

TEST_F(UnclearCache, TakesNoKeyFromAnotherShopperForADocumentThatCannotBeUnderstood) {
  apply({put("S", {"own"}), put("T", {"others"})});
  ShopperPut unclear = put("S", {"own", "others", "free"}, Status::blocked);
  unclear.unclear = "status is odd";
  apply({unclear});
  EXPECT_EQ(standing("own"), "blocked");
  EXPECT_EQ(standing("free"), "blocked");
  EXPECT_EQ(standing("others"), "active");
  apply({put("S", {"own"})});
  EXPECT_EQ(standing("own"), "active");
  EXPECT_EQ(standing("free"), "nobody");
  EXPECT_EQ(standing("others"), "active") << "its repair locks nobody out";
  apply({unclear, put("S", {"own", "others"}), removed("T")});
  EXPECT_EQ(standing("others"), "active") << "a version that is understood claims it as ever";
}

TEST_F(UnclearCache, KnowsTheDocumentsThatAreThere) {
  apply({put("S", {"1"}), InstrumentPut{"instrument:pi", {}}, DocumentUnclear{"new", "odd"}});
  EXPECT_TRUE(require(writer->knows("shopper:S")));
  EXPECT_TRUE(require(writer->knows("instrument:pi")));
  EXPECT_FALSE(require(writer->knows("new")));
  EXPECT_FALSE(require(writer->knows("")));
}

TEST_F(UnclearCache, NamesAtMostTenThousandUnclearDocuments) {
  std::vector<ShopperChange> many;
  many.emplace_back(put("last", {"1111"}));
  for (int i = 0; i < 10'010; ++i) many.emplace_back(DocumentUnclear{std::to_string(i), "odd"});
  many.emplace_back(DocumentUnclear{"shopper:last", "odd"});
  apply(many);
  EXPECT_EQ(require(writer->unclear_counts()).documents, unclear_documents_max);
  EXPECT_EQ(standing("1111"), "blocked") << "all the same";
}

}  // namespace
}  // namespace gatehouse::store
