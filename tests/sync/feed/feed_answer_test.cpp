// An answer of the feed as a whole: what is one, and what its server got wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/feed/feed_document.hpp"

namespace gatehouse::sync {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(FeedAnswer, SkipsAByteOrderMarkBeforeAnAnswer) {
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_EQ(parse_changes(mark + R"({"results":[],"last_seq":"3"})").value().last_seq, "3");
  EXPECT_TRUE(parse_peek(mark + R"({"results":[],"last_seq":"3"})").has_value());
  EXPECT_FALSE(parse_changes(mark + mark + R"({"results":[],"last_seq":"3"})").has_value());
}

TEST(FeedAnswer, RefusesAnAnswerOfManyMoreRowsThanWereAskedFor) {
  std::string rows = "0";
  for (int i = 1; i < 20; ++i) rows += ",0";
  const auto body = R"({"results":[)" + rows + R"(],"last_seq":3})";
  EXPECT_TRUE(parse_changes(body, 20).has_value());
  const auto refused = parse_changes(body, 19);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("more than 19 results"));
  EXPECT_FALSE(parse_peek(body).has_value());
  EXPECT_FALSE(parse_changes(R"({"results":[0,0)", 1).has_value()) << "broken or not";
}

TEST(FeedAnswer, CountsTheFlawsOfAnAnswerAndKeepsTheLastTen) {
  std::string rows = "0";
  for (int i = 1; i < 1000; ++i) rows += ",0";
  const auto batch =
      parse_changes(R"({"results":[)" + rows + R"(,{"id":"a"}],"last_seq":3})").value();
  EXPECT_EQ(batch.flawed.last.size(), 10U);
  EXPECT_EQ(batch.flawed.last.back().id, "a");
  EXPECT_EQ(batch.flawed.total(), 1001U);
  FlawTally tally;
  tally.add(batch.flawed, {});
  EXPECT_EQ(tally.of(FeedFlaw::no_id), 1000U);
  EXPECT_EQ(tally.of(FeedFlaw::no_document), 1U);
  EXPECT_EQ(tally.last.size(), 10U);
  EXPECT_EQ(tally.last.back().number, 1001U);
}

/// An answer of one document, with a member of this many bytes that nobody reads.
FeedBatch one_document(const std::string& members, std::size_t unread) {
  const std::string photo(unread, 'p');
  return parse_changes(R"({"results":[{"seq":7,"id":"instrument:i","doc":{"photo":")" + photo +
                       R"(",)" + members + R"(}}],"last_seq":7})")
      .value();
}
constexpr std::size_t small = 10;
constexpr std::size_t large = 1024 * 1024;

TEST(FeedAnswer, UnderstandsALargeDocumentAsItDoesASmallOne) {
  for (const auto size : {small, large}) {
    const auto batch = one_document(
        R"("type":"shopper","shopperId":"S","role":"ASSOCIATE","st\u0061tus":"BLOCKED",)"
        R"("keys":["k1","k2"],"loyalty":{"tier":"gold"})",
        size);
    ASSERT_EQ(batch.changes.size(), 1U);
    const auto& put = std::get<store::ShopperPut>(batch.changes[0]);
    EXPECT_EQ(put.shopper_id, "S");
    EXPECT_EQ(put.role, store::Role::associate);
    EXPECT_EQ(put.status, store::Status::blocked);
    EXPECT_EQ(put.keys, (std::vector<std::string>{"k1", "k2"}));
    EXPECT_EQ(put.loyalty, R"({"tier":"gold"})");
    EXPECT_EQ(batch.flawed.total(), 0U);
  }
}

TEST(FeedAnswer, UnderstandsALargeInstrumentAsItDoesASmallOne) {
  std::vector<store::Instrument> read;
  for (const auto size : {small, large}) {
    const auto batch = one_document(
        R"("type":"instrument","outstanding":{"amount":"9.99","currency":"USD"},)"
        R"("authorize":{"amount":"5.00","currency":"USD"},"risks":["FRAUD"],"decision":"deny")",
        size);
    const auto& put = std::get<store::InstrumentPut>(batch.changes.at(0));
    EXPECT_EQ(put.unclear, "");
    EXPECT_TRUE(put.instrument.outstanding && put.instrument.authorize);
    read.push_back(put.instrument);
  }
  EXPECT_EQ(read.at(0), read.at(1));
}

TEST(FeedAnswer, KeepsOutWhomALargeDocumentNamesTwice) {
  const auto batch = one_document(
      R"("type":"shopper","shopperId":"S","status":"BLOCKED","status":"ACTIVE","keys":["k"])",
      large);
  EXPECT_EQ(std::get<store::ShopperPut>(batch.changes.at(0)).status, store::Status::blocked);
}

TEST(FeedAnswer, IsGivenUpBetweenTwoRowsOnceTheDaemonStops) {
  const std::atomic<bool> stopping = true;
  const auto batch =
      parse_changes(R"({"results":[{"id":"a","deleted":true}],"last_seq":3})", 9, &stopping);
  ASSERT_FALSE(batch.has_value());
  EXPECT_EQ(batch.error().remedy, Remedy::retry);
}

TEST(FeedAnswer, RefusesWhatIsNoAnswerOfAChangesFeed) {
  for (const auto* body :
       {"", "<html>captive portal</html>", "[]", "null", "{}", R"({"results":[]})",
        R"({"results":{},"last_seq":1})", R"({"results":[],"last_seq":null})",
        R"({"results":[],"last_seq":1)", R"({"results":[],"last_seq":1}})",
        R"({"results":[],"last_seq":""})", R"({"results":[],"results":[],"last_seq":1})",
        R"({"results":[],"last_seq":1,"last_seq":2})", "{\"results\":[],\"last_seq\":\"\xff\"}"}) {
    const auto batch = parse_changes(body);
    ASSERT_FALSE(batch.has_value()) << body;
    EXPECT_EQ(batch.error().remedy, Remedy::reject);
    EXPECT_THAT(batch.error().message, Not(HasSubstr("portal")));
  }
}

TEST(FeedAnswer, TellsAServerThatDoesNotKnowIncludeDocsFromOneRowWithoutADocument) {
  const std::string bare = R"({"seq":1,"id":"a","changes":[]})";
  const auto refused = parse_changes(R"({"results":[)" + bare + "," + bare + R"(],"last_seq":2})");
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("include_docs=true"));
  EXPECT_TRUE(parse_changes(R"({"results":[)" + bare + R"(],"last_seq":2})").has_value());
}

TEST(FeedAnswer, TellsAServerThatCannotOpenItsDocumentsFromOneThatItHasLost) {
  const std::string null = R"({"seq":1,"id":"a","changes":[],"doc":null})";
  const std::string bare = R"({"seq":1,"id":"b","changes":[]})";
  const std::string good = R"({"seq":1,"id":"c","doc":{"type":"shopper","shopperId":"C"}})";
  const std::string gone = R"({"seq":1,"id":"d","deleted":true,"doc":null})";
  const auto parse = [](const std::string& rows) {
    return parse_changes(R"({"results":[)" + rows + R"(],"last_seq":2})");
  };
  for (const auto& rows : {null + "," + null, null + "," + bare, null + "," + gone + "," + null}) {
    const auto refused = parse(rows);
    ASSERT_FALSE(refused.has_value()) << rows;
    EXPECT_THAT(refused.error().message, HasSubstr("cannot open")) << rows;
  }
  for (const auto& rows : {null, null + "," + gone, null + "," + good + "," + null}) {
    EXPECT_TRUE(parse(rows).has_value()) << rows;
  }
}

TEST(FeedAnswer, DoesNotTellRowsApartWhereTheStructureIsBroken) {
  const std::string good = R"({"seq":1,"id":"a","doc":{"type":"shopper","shopperId":"A"}})";
  for (const auto* bad :
       {R"({"id":"b","doc":{"name":"an odd " quote"}})", R"({"id":"b","doc":{"x":[}})",
        R"({"id":"b","doc":{"x":1,}})", R"({"id":"b" "doc":{}})", R"({"id":"b"}})", R"({"id":)",
        R"({"id":"b","doc":{x:1}})", R"({"id":"b)", "", "'b'"}) {
    const auto batch = parse_changes(R"({"results":[)" + good + "," + bad + "," + good +
                                     R"(],"last_seq":3,"pending":0})");
    ASSERT_TRUE(batch.has_value()) << bad;
    EXPECT_TRUE(batch->broken) << bad;
    EXPECT_TRUE(batch->changes.empty()) << bad;
  }
  EXPECT_TRUE(parse_changes(R"({"results":[)" + good).value().broken) << "it breaks off";
}

}  // namespace
}  // namespace gatehouse::sync
