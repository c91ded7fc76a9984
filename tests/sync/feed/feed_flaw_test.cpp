// Rows that cannot be used, and servers that lead nowhere: the feed goes on, and at no hot pace.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/sync/feed/feed_fixture.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto* end_of_feed = R"(,"pending":0)";

/// A shopper's row with more members.
std::string row(const std::string& id, const std::string& members) {
  return R"({"seq":0,"id":")" + id + R"(","changes":[{"rev":"1-a"}],"doc":{"_id":")" + id +
         R"(","type":"shopper","shopperId":"S-)" + id + "\"," + members + "}}";
}

class FlawedFeedTest : public FeedTest {
 protected:
  void answer_too_large() {
    Reply large;
    large.sent = Sent::maybe;
    large.too_large = true;
    large.error = "the answer is longer than 8 bytes";
    transport_.reply(large);
    turn();
  }
  static std::string bare(const std::string& id, const std::string& revision = "1-a") {
    return R"({"seq":1,"id":")" + id + R"(","changes":[{"rev":")" + revision + R"("}]})";
  }
  /// active, blocked, or nobody.
  std::string standing(std::string_view key) {
    const auto shopper = cache_.find(key);
    if (!shopper) return "nobody";
    return shopper->status == store::Status::active ? "active" : "blocked";
  }
  std::uint64_t flaws(FeedFlaw flaw) const { return status().flaws.of(flaw); }
  /// Requests that are made within this time when each is answered by `body`, at once.
  int requests_within(milliseconds time, const std::function<std::string(int)>& body) {
    const auto until = clock_.steady() + time;
    int requests = 0;
    while (clock_.steady() < until && requests < 10'000) {
      if (transport_.waiting() > 0) {
        answer(200, body(requests++));
      } else {
        clock_.advance(std::max(1ms, std::chrono::ceil<milliseconds>(next_ - clock_.steady())));
        turn();
      }
    }
    return requests;
  }
};

TEST_F(FlawedFeedTest, StepsOverWhatItCannotReadAndCountsIt) {
  start();
  answer(200, batch(R"({"seq":1,"id":"x","doc":{"type":"snapshot","text":"\ud83d"}},{"seq":2},)"
                    R"({"seq":3,"id":"y","doc":{"type":"shopper","keys":7}},)"
                    R"({"seq":4,"id":"z"},)" +
                        row("a", R"("keys":["k-a"],"loyalty":{"points":1e400})"),
                    "5", end_of_feed));
  EXPECT_EQ(status().last_error, "");
  EXPECT_EQ(standing("k-a"), "active");
  EXPECT_EQ(cache_.position_on_disk().cursor, "5");
  EXPECT_EQ(status().documents_ignored, 1U);
  EXPECT_EQ(flaws(FeedFlaw::no_id), 1U);
  EXPECT_EQ(flaws(FeedFlaw::shopper), 1U);
  EXPECT_EQ(flaws(FeedFlaw::no_document), 1U);
  EXPECT_EQ(flaws(FeedFlaw::loyalty), 1U);
  ASSERT_EQ(status().flaws.last.size(), 4U);
  EXPECT_EQ(status().flaws.last[1].row.id, "y");
  EXPECT_EQ(status().flaws.last[1].at, clock_.wall());
  turn();
  EXPECT_EQ(status().unclear, (store::UnclearCounts{2, 0}));
}

TEST_F(FlawedFeedTest, LetsNobodyInByAnOlderVersionOfADocument) {
  const std::pair<std::string, std::string> newest[] = {
      {"loyalty beside BLOCKED",
       R"("keys":["K"],"status":"BLOCKED","loyalty":{"a":")" + std::string(17'000, 'x') + "\"}"},
      {"a number as a key", R"("status":"BLOCKED","keys":["K",7])"},
      {"another status", R"("status":"SUSPENDED","keys":["K"])"},
      {"a status that cannot be read", R"("status":1e400,"keys":["K"])"},
      {"a role", R"("role":"GUEST","keys":["K"])"},
  };
  start_synced();
  int number = 2;
  const auto cursor = [&] { return std::to_string(++number); };
  for (const auto& [what, members] : newest) {
    answer(200, batch(row("a", R"("keys":["K"])"), cursor()));
    EXPECT_EQ(standing("K"), "active") << "a readable version counts again, before " << what;
    answer(200, batch(row("a", members), cursor()));
    EXPECT_EQ(standing("K"), "blocked") << what;
    EXPECT_EQ(status().last_error, "") << what;
  }
  answer(200, batch(row("a", R"("keys":["K"])"), cursor()));
  answer(200, batch(R"({"seq":1,"id":"a","doc":null})", cursor()));
  EXPECT_EQ(standing("K"), "blocked");
  pass(2s);
  EXPECT_EQ(status().unclear, (store::UnclearCounts{1, 1}));
  answer(200, batch(R"({"seq":1,"id":"a","deleted":true,"doc":{"keys":[1e400]}})", cursor()));
  EXPECT_EQ(standing("K"), "nobody");
  pass(2s);
  EXPECT_EQ(status().unclear, store::UnclearCounts{});
}

TEST_F(FlawedFeedTest, LetsNobodyInByAShopperThatIsNoneAnyMore) {
  start_synced();
  answer(200, batch(R"({"seq":3,"id":"a","doc":{"_id":"a","type":"former"}})", "3"));
  EXPECT_EQ(standing("k-a"), "nobody");
  EXPECT_EQ(standing("k-b"), "active");
}

TEST_F(FlawedFeedTest, KeepsADenialWhoseDocumentLosesItsTypeAndOverlooksOtherDocumentsWithoutOne) {
  start_synced();
  const std::string denied =
      R"({"seq":3,"id":"instrument:pi","doc":{"type":"instrument","decision":"deny"}})";
  answer(200, batch(denied, "3"));
  const auto untyped = [](const std::string& id, const std::string& members) {
    return R"({"seq":4,"id":")" + id + R"(","doc":{)" + members + "}}";
  };
  answer(200, batch(untyped("instrument:pi", R"("decision":"deny")") + "," +
                        untyped("a", R"("type":null)") + "," + untyped("b", R"("type":7)") + "," +
                        untyped("_design/view", R"("language":"javascript")"),
                    "4"));
  auto ids = writer_.document_ids("", 9).value_or(std::vector<std::string>{});
  EXPECT_THAT(ids, testing::ElementsAre("a", "b", "instrument:pi"));
  EXPECT_EQ(standing("k-a"), "blocked");
  EXPECT_EQ(standing("k-b"), "blocked");
  EXPECT_EQ(flaws(FeedFlaw::unreadable), 3U);
  EXPECT_EQ(status().documents_ignored, 1U);
  pass(2s);
  EXPECT_EQ(status().unclear, (store::UnclearCounts{3, 2}));
  answer(200, batch(put("a", "k-a"), "5"));
  EXPECT_EQ(standing("k-a"), "active");
}

TEST_F(FlawedFeedTest, DoesNotTakeADatabaseOfDesignDocumentsForOneThatIsFilled) {
  start_synced();
  refuse_cursor_until_probed();
  answer(200, batch(R"({"seq":1,"id":"_design/view","doc":{"language":"javascript"}})", "1",
                    end_of_feed));
  EXPECT_THAT(status().last_error, HasSubstr("empty from its start"));
  EXPECT_EQ(standing("k-a"), "active");
}

TEST_F(FlawedFeedTest, BlocksNobodyWhereTheFeedCannotOpenItsDocuments) {
  start_synced();
  const std::string nulls =
      R"({"seq":3,"id":"a","changes":[],"doc":null},{"seq":4,"id":"b","changes":[],"doc":null})";
  EXPECT_LT(requests_within(1h, [&](int) { return batch(nulls, "4", end_of_feed); }), 1'000);
  EXPECT_THAT(status().last_error, HasSubstr("cannot open"));
  EXPECT_EQ(standing("k-a"), "active");
  EXPECT_EQ(standing("k-b"), "active");
  EXPECT_EQ(cache_.position_on_disk().cursor, "2");
  if (transport_.waiting() == 0) let_it_retry();
  answer(200, batch(put("a", "k-a2"), "3", end_of_feed));
  EXPECT_EQ(standing("k-a2"), "active");
  EXPECT_EQ(status().last_error, "");
}

TEST_F(FlawedFeedTest, StepsOverTenRowsInARowAndThenTakesItForTheFeedsFault) {
  options_.batch_max = 1;
  start();
  int row = 1;
  const auto serve_for = [&](milliseconds time) {
    const auto until = clock_.steady() + time;
    int requests = 0;
    while (clock_.steady() < until && requests < 10'000) {
      if (transport_.waiting() == 0) {
        let_it_retry();
      } else if (++requests; asked().contains("include_docs=true")) {
        answer_too_large();
      } else {
        const auto seq = std::to_string(1 + std::stoi(cache_.position_on_disk().cursor.empty()
                                                          ? "0"
                                                          : cache_.position_on_disk().cursor));
        answer(200, batch(bare("row-" + seq), seq, R"(,"pending":99)"));
        row = std::stoi(seq);
      }
    }
    return requests;
  };
  EXPECT_LT(serve_for(1h), 1'500);
  EXPECT_EQ(flaws(FeedFlaw::too_large), 10U);
  EXPECT_EQ(cache_.position_on_disk().cursor, "10");
  EXPECT_EQ(row, 11);
  EXPECT_THAT(status().last_error, HasSubstr("no document could be had of the last 10 rows"));

  feed_->reload(options_);
  turn();
  (void)serve_for(1h);
  EXPECT_EQ(flaws(FeedFlaw::too_large), 20U) << "an operator's word steps over ten more";

  while (!asked().contains("include_docs=true")) let_it_retry();
  answer(200, batch(put("good", "k-good"), "21", R"(,"pending":99)"));
  EXPECT_EQ(status().last_error, "");
  (void)serve_for(1h);
  EXPECT_EQ(flaws(FeedFlaw::too_large), 30U) << "and so does one good row";
}

TEST_F(FlawedFeedTest, HalvesABatchThatIsTooLargeAndGrowsBack) {
  options_.batch_max = 4;
  start();
  for (const auto* limit : {"limit=4&", "limit=2&"}) {
    EXPECT_THAT(asked(), HasSubstr(limit));
    answer_too_large();
  }
  for (const auto* seq : {"1", "2", "3", "4"}) {
    EXPECT_THAT(asked(), HasSubstr("limit=1&"));
    answer(200, batch(put(seq, seq), seq, R"(,"pending":9)"));
  }
  EXPECT_THAT(asked(), HasSubstr("limit=2&"));
  answer(200, batch(put("b", "k-b"), "5", end_of_feed));
  EXPECT_THAT(asked(), HasSubstr("limit=4&"));
}

TEST_F(FlawedFeedTest, StepsOverADocumentThatIsTooLargeByItself) {
  start_synced();
  options_.batch_max = 1;
  feed_->reload(options_);
  turn();
  answer_too_large();
  EXPECT_THAT(asked(), HasSubstr("feed=normal&include_docs=false&limit=1&since=2"));
  answer(200, batch(bare("a"), "\"3-x\"", R"(,"pending":1)"));
  EXPECT_THAT(asked(), HasSubstr("include_docs=true&limit=1&since=2")) << "was it that row?";
  answer_too_large();
  EXPECT_THAT(asked(), HasSubstr("include_docs=false&limit=1&since=2"));
  EXPECT_EQ(standing("k-a"), "active");
  answer(200, batch(bare("a"), "\"3-y\"", R"(,"pending":1)"));
  EXPECT_EQ(standing("k-a"), "blocked");
  EXPECT_EQ(flaws(FeedFlaw::too_large), 1U);
  EXPECT_THAT(status().flaws.last.back().row.wrong, HasSubstr("longer than"));
  EXPECT_EQ(cache_.position_on_disk().cursor, "3-y");
  EXPECT_EQ(status().last_error, "");
  EXPECT_THAT(asked(), HasSubstr("include_docs=true&limit=1&since=3-y"));
  answer(200, batch(put("a", "k-a"), "\"4-x\"", end_of_feed));
  EXPECT_EQ(standing("k-a"), "active");
}

TEST_F(FlawedFeedTest, DoesNotStepOverARowThatHasMovedUpMeanwhile) {
  options_.batch_max = 1;
  start();
  answer_too_large();
  answer(200, batch(bare("large"), "1"));
  answer_too_large();
  answer(200, batch(bare("innocent"), "2"));
  EXPECT_EQ(status().flaws.total(), 0U);
  EXPECT_EQ(asked(), "nothing") << "and it takes its time";
  let_it_retry();
  EXPECT_THAT(asked(), HasSubstr("include_docs=true&limit=1&since=0"));
  answer(200, batch(put("innocent", "k"), "2", end_of_feed));
  EXPECT_EQ(standing("k"), "active");
  EXPECT_EQ(status().flaws.total(), 0U);
}

TEST_F(FlawedFeedTest, FindsTheOneRowThatBreaksAnAnswer) {
  options_.batch_max = 2;
  start();
  const std::string broken = R"({"seq":2,"id":"b","doc":{"type":"shopper","name":"odd " quote"}})";
  answer(200, batch(put("a", "k-a") + "," + broken, "2"));
  EXPECT_THAT(asked(), HasSubstr("limit=1&since=0"));
  answer(200, batch(put("a", "k-a"), "1", R"(,"pending":1)"));
  answer(200, batch(broken, "2"));
  answer(200, batch(bare("b"), "2"));
  answer(200, batch(broken, "2"));
  EXPECT_EQ(cache_.position_on_disk().cursor, "1");
  answer(200, batch(bare("b"), "2", end_of_feed));
  EXPECT_EQ(cache_.position_on_disk().cursor, "2");
  EXPECT_EQ(standing("k-a"), "active");
  EXPECT_EQ(flaws(FeedFlaw::too_large), 1U);
  EXPECT_THAT(asked(), HasSubstr("feed=longpoll"));
}

TEST_F(FlawedFeedTest, PausesWhereAPeekSaysNothingEither) {
  options_.batch_max = 1;
  start();
  const int requests = requests_within(1h, [](int) { return R"({"results":[{)"; });
  EXPECT_GT(requests, 100);
  EXPECT_LT(requests, 1'500);
  EXPECT_THAT(status().last_error, HasSubstr("check feed.url"));
}

TEST_F(FlawedFeedTest, DoesNotRunBackAndForthBetweenTwoNodes) {
  start_synced();
  const std::string rows = put("c", "k-c");
  const int requests = requests_within(
      1h, [&](int n) { return batch(rows, n % 2 == 0 ? "\"9-a\"" : "\"9-b\"", end_of_feed); });
  EXPECT_LT(requests, 1'000);
  EXPECT_THAT(status().last_error, HasSubstr("leads back to where it was"));
  EXPECT_EQ(standing("k-c"), "active") << "and what comes is used";
  answer(200, batch(put("d", "k-d"), "\"10-a\"", end_of_feed));
  if (transport_.waiting() == 0) let_it_retry();
  answer(200, batch(put("e", "k-e"), "\"11-a\"", end_of_feed));
  EXPECT_EQ(status().last_error, "");
  EXPECT_THAT(asked(), HasSubstr("feed=longpoll"));
}

TEST_F(FlawedFeedTest, DoesNotRunBackAndForthWhereEmptyAnswersComeInBetween) {
  start_synced();
  const int requests = requests_within(1h, [&](int n) {
    return batch(n % 3 == 0 ? "" : put("c", "k-c"), n % 2 == 0 ? "\"9-a\"" : "\"9-b\"",
                 end_of_feed);
  });
  EXPECT_LT(requests, 2'000);
}

TEST_F(FlawedFeedTest, EndsCatchingUpWithAnEmptyAnswerWhateverIsPending) {
  start();
  const int requests =
      requests_within(1h, [](int n) { return batch("", std::to_string(n), R"(,"pending":3)"); });
  EXPECT_LT(requests, 1'000);
  EXPECT_TRUE(status().position.complete);
  EXPECT_EQ(status().last_error, "");
}

TEST_F(FlawedFeedTest, NeitherKeepsNorSendsACursorOfAnyLength) {
  start_synced();
  const auto endless = [](int) {
    return batch(put("c", "k-c"), "\"" + std::string(70'000, 's') + "\"");
  };
  EXPECT_LT(requests_within(1h, endless), 1'500);
  EXPECT_THAT(status().last_error, HasSubstr("last_seq has 70000 bytes"));
  EXPECT_EQ(cache_.position_on_disk().cursor, "2");
  if (transport_.waiting() == 0) let_it_retry();
  EXPECT_THAT(asked(), HasSubstr("since=2"));
  answer(200, batch(put("c", "k-c"), "3", end_of_feed));
  EXPECT_EQ(status().last_error, "");
}

TEST_F(FlawedFeedTest, ReadsFromTheStartWhereTheCacheHasACursorThatNobodyWouldTake) {
  const std::vector<store::ShopperChange> cached{
      store::ShopperPut{"a", "S-a", store::Role::shopper, store::Status::active, {"k-a"}, ""}};
  ASSERT_TRUE(writer_.apply(cached, {std::string(70'000, 's'), true, clock_.wall()}).has_value());
  start();
  EXPECT_THAT(asked(), HasSubstr("since=0"));
  EXPECT_EQ(standing("k-a"), "active");
  EXPECT_TRUE(status().rebuilding);
}

TEST_F(FlawedFeedTest, KeepsInARebuildWhatIsThereAndCannotBeUnderstood) {
  start_synced();
  refuse_cursor_until_probed();
  transport_.answer(
      200, batch(R"({"seq":1,"id":"a","doc":{"type":"shopper","keys":7}},)" + put("c", "k-c"), "2",
                 end_of_feed));
  for (int turns = 0; transport_.waiting() == 0 && turns < 100; ++turns) turn();
  EXPECT_EQ(standing("k-a"), "blocked");
  EXPECT_EQ(standing("k-b"), "nobody");
  EXPECT_EQ(standing("k-c"), "active");
}

}  // namespace
}  // namespace gatehouse::sync
