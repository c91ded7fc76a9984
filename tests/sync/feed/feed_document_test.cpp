#include "sync/feed/feed_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::sync {
namespace {

using namespace std::string_literals;
using store::DocumentUnclear;
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

/// "loyalty: what is wrong with it", one a flawed row.
std::vector<std::string> flaws(const FeedBatch& batch) {
  std::vector<std::string> texts;
  for (const FlawedRow& row : batch.flawed.last) {
    texts.push_back(std::string(feed_flaw_names[static_cast<std::size_t>(row.flaw)]) + ": " +
                    row.wrong);
  }
  return texts;
}

/// A batch of the rows, each with a good neighbour before and after it, which must be taken.
FeedBatch between_neighbours(const std::string& row) {
  const auto neighbour = [](const std::string& id) {
    return R"({"seq":1,"id":")" + id + R"(","doc":{"_id":")" + id +
           R"(","type":"shopper","shopperId":")" + id + R"("}})";
  };
  auto batch = parsed(R"({"results":[)" + neighbour("before") + "," + row + "," +
                      neighbour("after") + R"(],"last_seq":9,"pending":0})");
  EXPECT_EQ(batch.results, 3U) << row;
  EXPECT_EQ(batch.last_seq, "9") << row;
  EXPECT_GE(batch.changes.size(), 2U) << row;
  if (batch.changes.size() < 2) return batch;
  EXPECT_EQ(std::get<ShopperPut>(batch.changes.front()).document_id, "before") << row;
  EXPECT_EQ(std::get<ShopperPut>(batch.changes.back()).document_id, "after") << row;
  return batch;
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
  EXPECT_EQ(batch.ignored, 0U);
  EXPECT_THAT(flaws(batch), ElementsAre());
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
  ASSERT_EQ(batch.changes.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<ShopperPut>(batch.changes[0]));
  EXPECT_EQ(std::get<ShopperRemove>(batch.changes[1]).document_id, "x");
  EXPECT_EQ(std::get<ShopperRemove>(batch.changes[2]).document_id, "b");
}

TEST(FeedDocument, KeepsOtherTypesOutOfTheWayAndIsSureThatTheyAreNoShoppers) {
  for (const auto* members :
       {R"("type":"snapshot","url":"u")", R"("type":"snapshot","name":"half a \ud83d surrogate")",
        R"("type":"snapshot","n":1e400)", "\"type\":\"snapshot\",\"name\":\"Latin-1 \xe9\"",
        "\"type\":\"snapshot\",\"name\":\"\n\""}) {
    const auto batch = with_document(members);
    EXPECT_EQ(batch.ignored, 1U) << members;
    EXPECT_THAT(flaws(batch), ElementsAre()) << members;
    ASSERT_EQ(batch.changes.size(), 1U) << members;
    EXPECT_EQ(std::get<ShopperRemove>(batch.changes[0]).document_id, "shopper:S-1") << members;
  }
}

TEST(FeedDocument, LeavesOpenWhatADocumentIsThatSaysNoType) {
  for (const auto* members : {R"("type":7)", R"("type":null)", R"("type":"")", R"("type":{})",
                              R"("language":"javascript")"}) {
    const auto batch = with_document(members);
    EXPECT_EQ(batch.ignored, 0U) << members;
    EXPECT_THAT(flaws(batch), ElementsAre()) << members;
    ASSERT_EQ(batch.changes.size(), 1U) << members;
    EXPECT_EQ(std::get<DocumentUnclear>(batch.changes[0]).document_id, "shopper:S-1") << members;
    ASSERT_EQ(batch.untyped.size(), 1U) << members;
    EXPECT_EQ(batch.untyped[0].change, 0U) << members;
    EXPECT_EQ(batch.untyped[0].row.id, "shopper:S-1") << members;
    EXPECT_THAT(batch.untyped[0].row.wrong, HasSubstr("type")) << members;
  }
}

TEST(FeedDocument, StepsOverARowThatNamesNoDocument) {
  for (const auto* row :
       {R"({"seq":2})", R"({"seq":2,"id":""})", R"({"seq":2,"id":7})", R"("row")", "null", "[]",
        "7", R"({"seq":2,"id":"\ud800"})", "{\"id\":\"\xff\"}", R"({"id":1e400})", "tru"}) {
    const auto batch = between_neighbours(row);
    EXPECT_THAT(flaws(batch), ElementsAre("no_id: its id is not a string of 1 to 1024 bytes"))
        << row;
    EXPECT_EQ(batch.changes.size(), 2U) << row;
  }
}

TEST(FeedDocument, LetsNoOlderVersionStandForADocumentThatCannotBeRead) {
  const std::pair<std::string, std::string> rows[] = {
      {R"({"seq":2,"id":"S-1","changes":[]})", "no_document: it comes without its document"},
      {R"({"seq":2,"id":"S-1","doc":null})", "no_document: it comes without its document"},
      {R"({"seq":2,"id":"S-1","doc":"text"})", "no_document: it comes without its document"},
      {R"({"seq":2,"doc":{"_id":"S-1","type":"shopper","keys":[1e400]}})",
       "shopper: keys is not an array of at most 256 strings"},
      {R"({"seq":2,"id":"S-1","doc":{"type":"\ud800"}})", "unreadable: its type cannot be read"},
      {"{\"seq\":2,\"id\":\"S-1\",\"doc\":{\"type\":\"shopper\",\"keys\":[\"\xe9\"]}}",
       "shopper: keys is not an array of at most 256 strings"},
      {R"({"seq":2,"id":"S-1","doc":{"type":"shopper","type":"other","n":1e400}})",
       "unreadable: its type cannot be read"},
  };
  for (const auto& [row, flaw] : rows) {
    const auto batch = between_neighbours(row);
    EXPECT_THAT(flaws(batch), ElementsAre(flaw)) << row;
    ASSERT_EQ(batch.changes.size(), 3U) << row;
    EXPECT_EQ(std::get<DocumentUnclear>(batch.changes[1]).document_id, "S-1") << row;
  }
}

TEST(FeedDocument, TakesAShopperWhoseUnreadablePartsAreNotNeeded) {
  for (const auto* odd : {R"("nick":"\udc00")", R"("height":-1e999)", "\"nick\":\"\xe9\"",
                          "\"nick\":\"a\tb\"", R"("\ud800":1)", R"("nick":"\x")", R"("n":nul)"}) {
    const auto batch =
        with_document(R"("type":"shopper","shopperId":"S-1","keys":["1111"],)" + std::string(odd));
    ASSERT_EQ(batch.changes.size(), 1U) << odd;
    const auto& put = std::get<ShopperPut>(batch.changes[0]);
    EXPECT_EQ(put.status, Status::active) << odd;
    EXPECT_EQ(put.unclear, "") << odd;
    EXPECT_THAT(put.keys, ElementsAre("1111")) << odd;
    EXPECT_THAT(flaws(batch), ElementsAre()) << odd;
  }
}

TEST(FeedDocument, RemovesADeletedDocumentWhateverElseIsInIt) {
  for (const auto* row :
       {R"({"seq":2,"id":"S-1","deleted":true,"doc":{"type":"shopper","keys":[1e400]}})",
        R"({"seq":"\ud800","id":"S-1","deleted":true})",
        R"({"seq":2,"id":"S-1","doc":{"_deleted":true,"x":"\ud800"}})"}) {
    const auto batch = between_neighbours(row);
    ASSERT_EQ(batch.changes.size(), 3U) << row;
    EXPECT_EQ(std::get<ShopperRemove>(batch.changes[1]).document_id, "S-1") << row;
    EXPECT_THAT(flaws(batch), ElementsAre()) << row;
  }
}

struct Unclear {
  std::string members;
  std::string named;
};

TEST(FeedDocument, BlocksTheKeysOfAShopperThatCannotBeUnderstoodAndSaysWhyWithoutItsContents) {
  const std::string long_text(1025, 'k');
  const Unclear cases[] = {
      {R"("role":"SHOPPER")", "shopperId"},
      {R"("shopperId":"")", "shopperId"},
      {R"("shopperId":1001)", "shopperId"},
      {R"("shopperId":")" + long_text + "\"", "shopperId"},
      {R"("shopperId":"S-secret","role":"KING-secret")", "role"},
      {R"("shopperId":"S-secret","role":null)", "role"},
      {R"("shopperId":"S-secret","status":"active")", "status"},
      {R"("shopperId":"S-secret","status":"SUSPENDED")", "status"},
      {R"("shopperId":"S-secret","status":1e400)", "status"},
      {R"("shopperId":"S-secret","status":"BLOCKED","status":"ACTIVE","x":1e400)", "status"},
  };
  for (const auto& [members, named] : cases) {
    const auto batch = with_document(R"("type":"shopper","keys":["1111"],)" + members);
    ASSERT_EQ(batch.changes.size(), 1U) << members;
    const auto& put = std::get<ShopperPut>(batch.changes[0]);
    EXPECT_EQ(put.status, Status::blocked) << members;
    EXPECT_THAT(put.keys, ElementsAre("1111")) << members;
    EXPECT_FALSE(put.shopper_id.empty()) << members;
    EXPECT_THAT(put.unclear, HasSubstr(named)) << members;
    ASSERT_EQ(batch.flawed.total(), 1U) << members;
    EXPECT_EQ(batch.flawed.last[0].flaw, FeedFlaw::shopper) << members;
    EXPECT_EQ(batch.flawed.last[0].id, "shopper:S-1") << members;
    EXPECT_EQ(batch.flawed.last[0].seq, "7-opaque") << members;
    EXPECT_EQ(batch.flawed.last[0].wrong, put.unclear) << members;
    EXPECT_THAT(put.unclear, Not(HasSubstr("secret")));
  }
}

TEST(FeedDocument, DoesNotGuessTheKeysOfAShopper) {
  const std::string long_text(1025, 'k');
  std::string many_keys = "\"k\"";
  for (int i = 0; i < 256; ++i) many_keys += ",\"k\"";
  for (const auto& keys : {R"("secret")"s, R"(["ok",7])"s, R"([""])"s, "[\"" + long_text + "\"]",
                           "[" + many_keys + "]", R"(["ok","\ud800"])"s}) {
    const auto batch = with_document(
        R"("type":"shopper","shopperId":"S-secret","status":"BLOCKED","keys":)" + keys);
    ASSERT_EQ(batch.changes.size(), 1U) << keys;
    const auto& unclear = std::get<DocumentUnclear>(batch.changes[0]);
    EXPECT_EQ(unclear.document_id, "shopper:S-1") << keys;
    EXPECT_THAT(unclear.unclear, HasSubstr("keys")) << keys;
    EXPECT_THAT(unclear.unclear, Not(HasSubstr("secret"))) << keys;
    ASSERT_EQ(batch.flawed.total(), 1U) << keys;
  }
}

TEST(FeedDocument, TakesAShopperWithoutALoyaltyThatCannotBeKept) {
  for (const auto& loyalty :
       {R"("secret")"s, R"({"a":")" + std::string(17'000, 'x') + "\"}", R"({"n":1e400})"s,
        R"({"n":"\ud800"})"s, R"({"a":)" + std::string(70, '[') + std::string(70, ']') + "}"}) {
    for (const auto status : {Status::active, Status::blocked}) {
      const auto batch = with_document(
          R"("type":"shopper","shopperId":"S","keys":["1"],"status":")"s +
          (status == Status::active ? "ACTIVE" : "BLOCKED") + R"(","loyalty":)" + loyalty);
      ASSERT_EQ(batch.changes.size(), 1U) << loyalty;
      const auto& put = std::get<ShopperPut>(batch.changes[0]);
      EXPECT_EQ(put.status, status) << loyalty;
      EXPECT_EQ(put.loyalty, "") << loyalty;
      EXPECT_EQ(put.unclear, "") << loyalty;
      ASSERT_EQ(batch.flawed.total(), 1U) << loyalty;
      EXPECT_EQ(batch.flawed.last[0].flaw, FeedFlaw::loyalty);
      EXPECT_THAT(batch.flawed.last[0].wrong, Not(HasSubstr("secret")));
    }
  }
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

TEST(FeedDocument, KeepsANumberAsTheServerWroteIt) {
  EXPECT_EQ(parsed(R"({"results":[],"last_seq":1e3})").last_seq, "1e3");
  EXPECT_EQ(parsed(R"({"results":[],"last_seq":99999999999999999999})").last_seq,
            "99999999999999999999");
}

TEST(FeedDocument, KeepsNoCursorThatIsLongerThanAServerWouldTake) {
  const auto with_cursor = [](std::size_t bytes) {
    return parse_changes(R"({"results":[],"last_seq":")" + std::string(bytes, 's') + "\"}");
  };
  EXPECT_TRUE(with_cursor(4096).has_value());
  const auto refused = with_cursor(70'000);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("last_seq has 70000 bytes"));
}

TEST(FeedDocument, PeeksAtTheRowThatIsFirstInLine) {
  const auto peek = parse_peek(
      R"({"results":[{"seq":"8-x","id":"S-1","changes":[{"rev":"2-b"}]}],"last_seq":"8-x",)"
      R"("pending":4})");
  ASSERT_TRUE(peek.has_value());
  EXPECT_EQ(peek->id, "S-1");
  EXPECT_EQ(peek->version, R"([{"rev":"2-b"}])");
  const auto batch = step_over(*peek, "too long");
  EXPECT_EQ(batch.last_seq, "8-x");
  EXPECT_EQ(batch.pending, 4);
  EXPECT_EQ(batch.results, 1U);
  ASSERT_EQ(batch.changes.size(), 1U);
  EXPECT_EQ(std::get<DocumentUnclear>(batch.changes[0]).document_id, "S-1");
  EXPECT_THAT(flaws(batch), ElementsAre("too_large: too long"));
  EXPECT_FALSE(parse_peek("<html>"));
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
  ASSERT_EQ(batch->flawed.total(), 1U);
  EXPECT_EQ(batch->flawed.last[0].flaw, FeedFlaw::loyalty);
  EXPECT_EQ(batch->changes.size(), 2U) << "the other document is applied";
  EXPECT_FALSE(parse_changes(R"({"results":[],"last_seq":)" + deep + "}"));
}

TEST(FeedFlaw, ShowsAnIdUnlessItMayBePrivate) {
  EXPECT_EQ(shown_id("shopper:S-1001"), "shopper:S-1001");
  EXPECT_EQ(shown_id("two words\n\x1b[0m"), "two?words??[0m");
  EXPECT_EQ(shown_id("shopper:jane@example.com"), "(withheld)");
  EXPECT_EQ(shown_id("card:4111-1111-1111-1111"), "(withheld)");
  EXPECT_EQ(shown_id(std::string(100, 'x')), std::string(64, 'x') + "...");
}

TEST(FeedFlaw, CountsByKindAndKeepsTheLastTen) {
  FlawTally tally;
  for (int i = 0; i < 12; ++i) tally.add({FeedFlaw::loyalty, "S-" + std::to_string(i), "", ""}, {});
  tally.add({FeedFlaw::no_id, "", "", ""}, {});
  EXPECT_EQ(tally.of(FeedFlaw::loyalty), 12U);
  EXPECT_EQ(tally.of(FeedFlaw::no_id), 1U);
  EXPECT_EQ(tally.total(), 13U);
  ASSERT_EQ(tally.last.size(), 10U);
  EXPECT_EQ(tally.last.front().row.id, "S-3");
  EXPECT_EQ(tally.last.back().number, 13U);
}

}  // namespace
}  // namespace gatehouse::sync
