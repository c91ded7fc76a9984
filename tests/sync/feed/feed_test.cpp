// The feed client against a server that says what the test wants, on a clock that the test moves,
// over a real cache.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sync/feed/feed_fixture.hpp"

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST_F(FeedTest, AsksNothingWithoutAnAddress) {
  options_.url.clear();
  start();
  EXPECT_EQ(transport_.waiting(), 0U);
  EXPECT_FALSE(status().configured);
  EXPECT_EQ(status().last_error, "");
}

TEST_F(FeedTest, CatchesUpInBatchesAndThenWaits) {
  options_.batch_max = 2;
  start();
  EXPECT_THAT(asked(), HasSubstr("feed=normal&include_docs=true&limit=2&since=0"));
  answer(200, batch(put("a", "k-a") + "," + put("b", "k-b"), "\"2-x\"", R"(,"pending":1)"));
  EXPECT_EQ(cache_.shopper_of("k-a"), "S-a");
  EXPECT_FALSE(status().position.complete);
  EXPECT_FALSE(cache_.position_on_disk().synced_at.has_value());
  EXPECT_THAT(asked(), HasSubstr("feed=normal&include_docs=true&limit=2&since=2-x"));
  answer(200, batch(put("c", "k-c"), "\"3-x\"", R"(,"pending":0)"));
  EXPECT_THAT(asked(), HasSubstr("feed=longpoll&include_docs=true&limit=2&since=3-x&timeout="));
  EXPECT_EQ(cache_.shopper_of("k-c"), "S-c");
  const auto position = cache_.position_on_disk();
  EXPECT_EQ(position.cursor, "3-x");
  EXPECT_TRUE(position.complete);
  EXPECT_EQ(position.synced_at, clock_.wall());
  EXPECT_EQ(status().changes_applied, 3U);
  turn();
  EXPECT_EQ(status().shoppers, 3);
}

TEST_F(FeedTest, CatchesUpUntilAnEmptyAnswerWhereTheServerDoesNotSayWhatIsPending) {
  start();
  answer(200, batch(put("a", "k-a"), "1"));
  EXPECT_THAT(asked(), HasSubstr("feed=normal"));
  EXPECT_FALSE(status().position.complete);
  answer(200, batch("", "1"));
  EXPECT_THAT(asked(), HasSubstr("feed=longpoll"));
  EXPECT_TRUE(status().position.complete);
}

TEST_F(FeedTest, AppliesWhatAWaitBringsAndWaitsOn) {
  start_synced();
  pass(7s);
  answer(200, batch(put("c", "k-c") + R"(,{"seq":4,"id":"a","deleted":true})", "4"));
  EXPECT_EQ(cache_.shopper_of("k-c"), "S-c");
  EXPECT_EQ(cache_.shopper_of("k-a"), "");
  EXPECT_THAT(asked(), HasSubstr("feed=longpoll&include_docs=true&limit=1000&since=4"));
  EXPECT_EQ(status().position.synced_at, clock_.wall());
}

TEST_F(FeedTest, CatchesUpAgainWhenAWaitBringsAFullAnswer) {
  options_.batch_max = 2;
  start_synced();
  answer(200, batch(put("c", "k-c") + "," + put("d", "k-d"), "4"));
  EXPECT_THAT(asked(), HasSubstr("feed=normal&include_docs=true&limit=2&since=4"));
}

TEST_F(FeedTest, KnowsFromAnEmptyWaitThatNothingIsMissing) {
  start_synced();
  const auto on_disk = cache_.position_on_disk().synced_at;
  pass(6s);
  answer(200, batch("", "2"));
  EXPECT_EQ(status().position.synced_at, clock_.wall());
  EXPECT_EQ(cache_.position_on_disk().synced_at, on_disk) << "not written every time";
  EXPECT_THAT(asked(), HasSubstr("feed=longpoll"));
  pass(6s);
  answer(200, batch("", "2"));
  EXPECT_EQ(cache_.position_on_disk().synced_at, clock_.wall()) << "but every 10 s";
}

TEST_F(FeedTest, DoesNotAskWithoutEndAServerThatDoesNotWait) {
  start_synced();
  answer(200, batch("", "2"));
  EXPECT_EQ(asked(), "nothing");
  EXPECT_EQ(next_ - clock_.steady(), 5s);
  let_it_retry();
  EXPECT_THAT(asked(), HasSubstr("feed=longpoll"));
}

TEST_F(FeedTest, AsksAtOnceWhetherItIsWellWhenAWaitIsCutOff) {
  start_synced();
  pass(50s);
  fail(Sent::maybe);
  EXPECT_THAT(asked(), HasSubstr("feed=normal"));
  EXPECT_EQ(status().last_error, "");
  answer(200, batch("", "2"));
  EXPECT_THAT(asked(), HasSubstr("feed=longpoll"));
}

TEST_F(FeedTest, GivesAWaitTheTimeItAskedTheServerToWait) {
  start_synced();
  EXPECT_EQ(transport_.request().timeout, options_.timeout + options_.longpoll);
  pass(50s);
  fail(Sent::maybe);
  EXPECT_EQ(transport_.request().timeout, options_.timeout);
}

TEST_F(FeedTest, TriesAgainLaterAndLaterButNeverGivesUp) {
  start();
  milliseconds last{0};
  for (int i = 0; i < 20; ++i) {
    fail(i % 2 == 0 ? Sent::no : Sent::maybe);
    EXPECT_THAT(status().last_error, HasSubstr("broken"));
    EXPECT_EQ(asked(), "nothing");
    const auto wait = std::chrono::floor<milliseconds>(next_ - clock_.steady());
    EXPECT_GE(wait, last);
    EXPECT_LE(wait, 30s);
    last = wait;
    let_it_retry();
  }
  EXPECT_GT(last, 20s);
  answer(200, batch("", "0"));
  EXPECT_EQ(status().last_error, "");
}

TEST_F(FeedTest, AsksForWhatThereIsFirstAfterAFailure) {
  start_synced();
  fail(Sent::no);
  let_it_retry();
  EXPECT_THAT(asked(), HasSubstr("feed=normal")) << "a wait would leave the error standing";
  answer(200, batch("", "2"));
  EXPECT_EQ(status().last_error, "");
  EXPECT_THAT(asked(), HasSubstr("feed=longpoll"));
}

TEST_F(FeedTest, ObeysRetryAfter) {
  start();
  Reply reply;
  reply.sent = Sent::answered;
  reply.status = 429;
  reply.retry_after = 100s;
  transport_.reply(reply);
  turn();
  EXPECT_GE(next_ - clock_.steady(), 100s);
}

TEST_F(FeedTest, TakesNothingFromAnAnswerThatItCannotRead) {
  start();
  answer(200, "<html>please log in</html>");
  EXPECT_THAT(status().last_error, HasSubstr("check feed.url"));
  EXPECT_EQ(status().position.cursor, "");
  let_it_retry();
  EXPECT_THAT(asked(), HasSubstr("since=0"));
}

TEST_F(FeedTest, DoesNotApplyTheSameChangesWithoutEnd) {
  start_synced();
  answer(200, batch(put("c", "k-c"), "2"));
  EXPECT_THAT(status().last_error, HasSubstr("does not move on"));
  EXPECT_EQ(asked(), "nothing");
}

TEST_F(FeedTest, HalvesABatchThatDoesNotComeInTime) {
  options_.batch_max = 4;
  start();
  pass(30s);
  fail(Sent::maybe);
  let_it_retry();
  EXPECT_THAT(asked(), HasSubstr("limit=2&"));
}

TEST_F(FeedTest, GoesOnFromTheCursorAfterARestart) {
  start_synced();
  feed_.reset();
  EXPECT_EQ(transport_.waiting(), 0U) << "its request goes with it";
  start();
  EXPECT_THAT(asked(), HasSubstr("feed=normal&include_docs=true&limit=1000&since=2"));
  EXPECT_TRUE(status().position.complete);
}

TEST_F(FeedTest, AsksNoMoreOnceStopped) {
  start_synced();
  feed_->stop();
  EXPECT_EQ(transport_.waiting(), 0U);
  turn();
  EXPECT_EQ(transport_.waiting(), 0U);
  EXPECT_EQ(next_, SteadyTime::max());
}

TEST_F(FeedTest, AsksWithNewCredentialsAtOnceAfterAReload) {
  start();
  answer(401);
  EXPECT_THAT(status().last_error, HasSubstr("credentials of [feed]"));
  options_.login.bearer = "new";
  feed_->reload(options_);
  turn();
  ASSERT_EQ(transport_.waiting(), 1U);
  EXPECT_EQ(transport_.request().login.bearer, "new");
}

AwsSigning signing_with(const std::string& key) {
  return {.region = "eu-west-1",
          .service = "execute-api",
          .access_key_id = key,
          .secret_access_key = key.empty() ? "" : "secret",
          .session_token = "token"};
}

TEST_F(FeedTest, ThatIsSignedWaitsForKeysAndAsksAsSoonAsThereAreSome) {
  options_.signing = signing_with("");
  start();
  pass(10min);
  EXPECT_EQ(asked(), "nothing");
  feed_->sign_with(signing_with("AKID1"));
  turn();
  ASSERT_THAT(asked(), HasSubstr("/_changes?"));
  EXPECT_EQ(transport_.request().signing, signing_with("AKID1"));
  answer(200, batch(put("a", "k-a"), "1", R"(,"pending":0)"));
  // New keys leave a wait alone: it was let in.
  feed_->sign_with(signing_with("AKID2"));
  turn();
  EXPECT_EQ(transport_.waiting(), 1U);
  EXPECT_EQ(transport_.request().signing, signing_with("AKID1"));
  answer(200, batch(put("b", "k-b"), "2"));
  EXPECT_EQ(transport_.request().signing, signing_with("AKID2"));
}

TEST_F(FeedTest, ThatIsRefusedForItsTokenSaysSoAndDoesNotDoubtItsCursor) {
  options_.signing = signing_with("AKID1");
  start_synced();
  for (int i = 0; i < 8; ++i) {
    Reply refused;
    refused.sent = Sent::answered;
    refused.status = i % 2 == 0 ? 403 : 400;
    refused.body = "{}";
    refused.error_type = "ExpiredTokenException";
    transport_.reply(refused);
    turn();
    EXPECT_THAT(status().last_error, HasSubstr("the AWS credentials have expired"));
    let_it_retry();
    EXPECT_THAT(asked(), HasSubstr("since=2")) << "not from the start";
  }
  transport_.answer(403, R"({"message":"Forbidden"})");
  turn();
  EXPECT_THAT(status().last_error, HasSubstr("the feed answered 403: the role lacks"));
  feed_->sign_with(signing_with("AKID2"));
  turn();
  EXPECT_EQ(transport_.waiting(), 1U) << "at once";
  answer(200, batch("", "2", R"(,"pending":0)"));
  EXPECT_EQ(status().last_error, "");
}

TEST_F(FeedTest, ThatIsToWaitForAnotherReasonDoesNotAskSoonerForNewKeys) {
  options_.signing = signing_with("AKID1");
  start_synced();
  Reply busy;
  busy.sent = Sent::answered;
  busy.status = 429;
  busy.retry_after = 120s;
  transport_.reply(busy);
  turn();
  feed_->sign_with(signing_with("AKID2"));
  turn();
  EXPECT_EQ(transport_.waiting(), 0U);
  pass(3min);
  turn();
  ASSERT_EQ(transport_.waiting(), 1U);
  EXPECT_EQ(transport_.request().signing, signing_with("AKID2"));
}

}  // namespace
}  // namespace gatehouse::sync
