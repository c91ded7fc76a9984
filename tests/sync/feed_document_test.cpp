#include "sync/feed_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::sync {
namespace {

using namespace std::string_literals;
using store::Role;
using store::ShopperPut;
using store::ShopperRemove;
using store::Status;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

FeedBatch parsed(const std::string& body) {
  auto batch = parse_changes(body);
  EXPECT_TRUE(batch.has_value()) << batch.error().message;
  return batch.value_or(FeedBatch{});
}

/// A batch of one document, `members` being what comes after its _id.
FeedBatch with_document(const std::string& members) {
  return parsed(R"({"results":[{"seq":"7-opaque","id":"shopper:S-1","changes":[{"rev":"1-a"}],)"
                R"("doc":{"_id":"shopper:S-1","_rev":"1-a",)" +
                members + R"(}}],"last_seq":"7-opaque","pending":0})");
}

TEST(FeedDocument, ReadsAShopperInFull) {
  const auto batch = with_document(
      R"("type":"shopper","shopperId":"S-1","role":"ASSOCIATE","status":"BLOCKED",)"
      R"("keys":["1111-2222","Zoë"],"loyalty":{"provider":"acme","points":1200},"later":[1])");
  ASSERT_EQ(batch.changes.size(), 1U);
  const auto& put = std::get<ShopperPut>(batch.changes[0]);
  EXPECT_EQ(put.document_id, "shopper:S-1");
  EXPECT_EQ(put.shopper_id, "S-1");
  EXPECT_EQ(put.role, Role::associate);
  EXPECT_EQ(put.status, Status::blocked);
  EXPECT_THAT(put.keys, ElementsAre("1111-2222", "Zoë"));
  EXPECT_EQ(put.loyalty, R"({"points":1200,"provider":"acme"})");
  EXPECT_EQ(batch.last_seq, "7-opaque");
  EXPECT_EQ(batch.pending, 0);
  EXPECT_EQ(batch.results, 1U);
  EXPECT_EQ(batch.ignored + batch.malformed, 0U);
}

TEST(FeedDocument, TakesAnActiveShopperWithoutKeysForWhatIsLeftOut) {
  const auto batch = with_document(R"("type":"shopper","shopperId":"S-1","loyalty":null)");
  ASSERT_EQ(batch.changes.size(), 1U);
  const auto& put = std::get<ShopperPut>(batch.changes[0]);
  EXPECT_EQ(put.role, Role::shopper);
  EXPECT_EQ(put.status, Status::active);
  EXPECT_THAT(put.keys, ElementsAre());
  EXPECT_EQ(put.loyalty, "");
}

TEST(FeedDocument, ReadsATombstoneInBothItsForms) {
  const auto batch = parsed(
      R"({"results":[{"seq":1,"id":"a","changes":[],"deleted":true},)"
      R"({"seq":2,"id":"b","changes":[],"doc":{"_id":"b","_rev":"2-b","_deleted":true}},)"
      R"({"seq":3,"id":"c","changes":[],"deleted":true,)"
      R"("doc":{"_id":"c","type":"shopper","shopperId":"S","_deleted":true}}],"last_seq":3})");
  ASSERT_EQ(batch.changes.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(std::get<ShopperRemove>(batch.changes[i]).document_id, "abc"s.substr(i, 1));
  }
}

TEST(FeedDocument, KeepsTheOrderOfTheFeed) {
  const auto batch =
      parsed(R"({"results":[{"seq":1,"id":"a","doc":{"type":"shopper","shopperId":"A"}},)"
             R"({"seq":2,"id":"x","doc":{"type":"other"}},)"
             R"({"seq":3,"id":"b","deleted":true}],"last_seq":3})");
  ASSERT_EQ(batch.changes.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<ShopperPut>(batch.changes[0]));
  EXPECT_TRUE(std::holds_alternative<ShopperRemove>(batch.changes[1]));
}

TEST(FeedDocument, KeepsOtherTypesOutOfTheWay) {
  for (const auto* members :
       {R"("type":"snapshot","url":"u")", R"("type":7)", R"("language":"javascript")"}) {
    const auto batch = with_document(members);
    EXPECT_EQ(batch.ignored, 1U) << members;
    EXPECT_EQ(batch.malformed, 0U) << members;
    EXPECT_TRUE(batch.changes.empty()) << members;
  }
  EXPECT_EQ(parsed(R"({"results":[{"seq":1,"id":"a","doc":null}],"last_seq":1})").ignored, 1U);
}

struct Malformed {
  std::string members;
  std::string named;
};

TEST(FeedDocument, LeavesOutAMalformedShopperAndSaysWhyWithoutItsContents) {
  const std::string long_text(1025, 'k');
  std::string many_keys = "\"k\"";
  for (int i = 0; i < 256; ++i) many_keys += ",\"k\"";
  const Malformed cases[] = {
      {R"("role":"SHOPPER")", "shopperId"},
      {R"("shopperId":"")", "shopperId"},
      {R"("shopperId":1001)", "shopperId"},
      {R"("shopperId":")" + long_text + "\"", "shopperId"},
      {R"("shopperId":"S-secret","role":"KING-secret")", "role"},
      {R"("shopperId":"S-secret","role":null)", "role"},
      {R"("shopperId":"S-secret","status":"active")", "status"},
      {R"("shopperId":"S-secret","keys":"secret")", "keys"},
      {R"("shopperId":"S-secret","keys":["ok",7])", "keys"},
      {R"("shopperId":"S-secret","keys":[""])", "keys"},
      {R"("shopperId":"S-secret","keys":[")" + long_text + "\"]", "keys"},
      {R"("shopperId":"S-secret","keys":[)" + many_keys + "]", "keys"},
      {R"("shopperId":"S-secret","loyalty":"secret")", "loyalty"},
      {R"("shopperId":"S-secret","loyalty":{"a":")" + std::string(17'000, 'x') + "\"}", "loyalty"},
  };
  for (const auto& [members, named] : cases) {
    const auto batch = with_document(R"("type":"shopper",)" + members);
    EXPECT_EQ(batch.malformed, 1U) << members;
    EXPECT_TRUE(batch.changes.empty()) << members;
    EXPECT_THAT(batch.first_malformed, HasSubstr("the change at seq 7-opaque: ")) << members;
    EXPECT_THAT(batch.first_malformed, HasSubstr(named));
    EXPECT_THAT(batch.first_malformed, Not(HasSubstr("secret")));
  }
}

TEST(FeedDocument, CountsRowsWithoutAnIdAsMalformed) {
  const auto batch = parsed(
      R"({"results":[{"seq":1},{"seq":2,"id":""},{"seq":3,"id":7},"row",null,[]],"last_seq":3})");
  EXPECT_EQ(batch.malformed, 6U);
  EXPECT_EQ(batch.results, 6U);
}

TEST(FeedDocument, KeepsEveryFormOfACursorSoThatItCanBeSentBack) {
  const auto cursor = [](const std::string& last_seq) {
    return parsed(R"({"results":[],"last_seq":)" + last_seq + "}").last_seq;
  };
  EXPECT_EQ(cursor("12"), "12");
  EXPECT_EQ(cursor("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(cursor(R"("1234-g1AAAA_-é\"")"), "1234-g1AAAA_-é\"");
  EXPECT_EQ(cursor(R"([ 53, "g1AAAA" ])"), R"([53,"g1AAAA"])");
}

TEST(FeedDocument, RefusesWhatIsNoAnswerOfAChangesFeed) {
  for (const auto* body : {"", "<html>captive portal</html>", "[]", "null", "{}",
                           R"({"results":[]})", R"({"results":{},"last_seq":1})",
                           R"({"results":[],"last_seq":null})", R"({"results":[],"last_seq":1)",
                           R"({"results":[{"seq":1,"id":"a","changes":[]}],"last_seq":1})",
                           "{\"results\":[],\"last_seq\":\"\xff\"}"}) {
    const auto batch = parse_changes(body);
    ASSERT_FALSE(batch.has_value()) << body;
    EXPECT_EQ(batch.error().remedy, Remedy::reject);
    EXPECT_THAT(batch.error().message, Not(HasSubstr("portal")));
  }
}

TEST(FeedDocument, TakesAnythingNestedHoweverDeep) {
  const auto deep = std::string(100'000, '[') + std::string(100'000, ']');
  const auto batch = with_document(R"("type":"other","deep":)" + deep);
  EXPECT_EQ(batch.ignored, 1U);
}

TEST(FeedDocument, SurvivesWhatNestsDeeperThanItCouldBeWritten) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  const auto batch = parse_changes(
      R"({"last_seq":"5","results":[{"id":"a","seq":1,"doc":{"_id":"a","type":"shopper",)"
      R"("shopperId":"S","keys":["k"],"loyalty":{"x":)" +
      deep + R"(}}},{"id":"b","seq":2,"doc":{"_id":"b","type":"shopper","shopperId":"T"}}]})");
  ASSERT_TRUE(batch) << batch.error().message;
  EXPECT_EQ(batch->malformed, 1U);
  EXPECT_NE(batch->first_malformed.find("nests deeper"), std::string::npos);
  EXPECT_EQ(batch->changes.size(), 1U) << "the other document is applied";
  EXPECT_FALSE(parse_changes(R"({"results":[],"last_seq":)" + deep + "}"));
}

}  // namespace
}  // namespace gatehouse::sync
