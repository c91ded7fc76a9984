#include "tests/simulator/world/retailer/feed.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace gatehouse::simulator {
namespace {

using nlohmann::json;

constexpr std::uint64_t shoppers = 25;
constexpr std::uint64_t others = 2;  // the instrument and the unknown document

Feed make_feed() {
  return Feed(Population(7, shoppers));
}

std::vector<json> read_all(const Feed& feed, std::string since, std::size_t limit) {
  std::vector<json> rows;
  while (true) {
    const auto sequence = feed.sequence_of(since);
    EXPECT_TRUE(sequence);
    const auto page = json::parse(feed.changes(*sequence, limit, true).json);
    for (const auto& row : page["results"]) rows.push_back(row);
    EXPECT_LE(page["results"].size(), limit);
    since = page["last_seq"];
    if (page["pending"] == 0) return rows;
  }
}

std::vector<json> rows_of(const std::vector<json>& rows, std::string_view id) {
  std::vector<json> found;
  for (const auto& row : rows) {
    if (row["id"] == id) found.push_back(row);
  }
  return found;
}

TEST(Feed, GivesEveryDocumentOnceWhateverThePageSize) {
  const auto feed = make_feed();
  for (const std::size_t limit : {1U, 7U, 1000U}) {
    const auto rows = read_all(feed, "0", limit);
    EXPECT_EQ(rows.size(), shoppers + others) << limit;
    for (std::uint64_t i = 0; i < shoppers; ++i) {
      EXPECT_EQ(rows_of(rows, "shopper:S-" + std::to_string(i + 1)).size(), 1U);
    }
  }
}

TEST(Feed, SaysHowMuchIsPending) {
  const auto feed = make_feed();
  EXPECT_EQ(json::parse(feed.changes(0, 10, false).json)["pending"], shoppers + others - 10);
  EXPECT_EQ(json::parse(feed.changes(shoppers, 1, false).json)["pending"], others - 1);
}

TEST(Feed, GivesDocumentsOnlyWhenAsked) {
  const auto feed = make_feed();
  const auto with = json::parse(feed.changes(0, 1, true).json)["results"][0];
  EXPECT_EQ(with["doc"]["shopperId"], "S-1");
  EXPECT_EQ(with["doc"]["_id"], "shopper:S-1");
  EXPECT_EQ(with["doc"]["_rev"], with["changes"][0]["rev"]);
  EXPECT_FALSE(json::parse(feed.changes(0, 1, false).json)["results"][0].contains("doc"));
}

TEST(Feed, MovesAChangedDocumentToTheEnd) {
  auto feed = make_feed();
  const auto before = feed.cursor(feed.last_sequence());
  feed.put("shopper:S-3", {{"status", "BLOCKED"}});
  feed.put("shopper:S-3", {{"status", "ACTIVE"}});
  const auto all = rows_of(read_all(feed, "0", 5), "shopper:S-3");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["doc"]["status"], "ACTIVE");
  EXPECT_TRUE(all[0]["changes"][0]["rev"].get<std::string>().starts_with("3-"));
  EXPECT_EQ(read_all(feed, before, 5).size(), 1U);
  EXPECT_EQ(read_all(feed, "0", 5).size(), shoppers + others);
}

TEST(Feed, KeepsATombstoneOfWhatWasRemoved) {
  auto feed = make_feed();
  EXPECT_TRUE(feed.remove("shopper:S-5"));
  EXPECT_FALSE(feed.find("shopper:S-5"));
  const auto rows = rows_of(read_all(feed, "0", 100), "shopper:S-5");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0]["deleted"], true);
  EXPECT_EQ(rows[0]["doc"]["_deleted"], true);
  EXPECT_FALSE(rows[0]["doc"].contains("keys"));
  EXPECT_FALSE(feed.remove("shopper:S-5"));
}

TEST(Feed, RemovesOnlyWhatIsThere) {
  auto feed = make_feed();
  for (const auto* id : {"shopper:S-0", "shopper:S-26", "shopper:S-03", "shopper:", "nothing"}) {
    EXPECT_FALSE(feed.remove(id)) << id;
  }
  EXPECT_TRUE(feed.remove("shopper:S-25"));
}

TEST(Feed, TakesBackOnlyCursorsThatItIssued) {
  const auto feed = make_feed();
  EXPECT_EQ(feed.sequence_of(feed.cursor(12)), 12U);
  EXPECT_EQ(feed.sequence_of("now"), shoppers + others);
  for (const auto* cursor : {"12", "12-abc", "-1", "x", "12-"}) {
    EXPECT_FALSE(feed.sequence_of(cursor)) << cursor;
  }
}

TEST(Population, IsTheSameForTheSameSeed) {
  const Population one(7, shoppers);
  const Population same(7, 1'000'000);
  const Population other(8, shoppers);
  EXPECT_EQ(one.shopper(3).document(), same.shopper(3).document());
  EXPECT_NE(one.shopper(3).keys, other.shopper(3).keys);
  EXPECT_NE(one.shopper(3).keys, one.shopper(4).keys);
}

TEST(Population, HasBlockedOnesAssociatesAndSeveralKeys) {
  const Population population(7, 2000);
  int blocked = 0;
  int associates = 0;
  int several_keys = 0;
  for (std::uint64_t i = 0; i < population.size(); ++i) {
    const auto shopper = population.shopper(i);
    blocked += shopper.blocked ? 1 : 0;
    associates += shopper.associate ? 1 : 0;
    several_keys += shopper.keys.size() > 1 ? 1 : 0;
    EXPECT_EQ(shopper.keys.front().size(), 29U);
  }
  EXPECT_NEAR(blocked, 40, 25);
  EXPECT_NEAR(associates, 40, 25);
  EXPECT_NEAR(several_keys, 100, 40);
}

}  // namespace
}  // namespace gatehouse::simulator
