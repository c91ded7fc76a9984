#include "sync/feed/feed_course.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::sync {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

FeedOptions options() {
  FeedOptions options;
  options.url = "https://cloud.example/shoppers/";
  return options;
}

Reply answered(int status) {
  Reply reply;
  reply.sent = Sent::answered;
  reply.status = status;
  return reply;
}

Reply failed(Sent sent) {
  Reply reply;
  reply.sent = sent;
  reply.error = "broken";
  return reply;
}

FeedOutcome outcome(const Reply& reply, FeedMode mode, bool from_cursor = false,
                    milliseconds lasted = 0ms) {
  return judge(reply, {mode, from_cursor, lasted}, options()).outcome;
}

TEST(FeedCourse, AsksWithASortedAndEncodedQuery) {
  EXPECT_EQ(changes_url(options(), FeedMode::catch_up, "", 1000),
            "https://cloud.example/shoppers/_changes?feed=normal&include_docs=true&limit=1000"
            "&since=0");
  EXPECT_EQ(changes_url(options(), FeedMode::wait, "12-g1AA_-.~", 7),
            "https://cloud.example/shoppers/_changes?feed=longpoll&include_docs=true&limit=7"
            "&since=12-g1AA_-.~&timeout=50000");
  EXPECT_THAT(changes_url(options(), FeedMode::catch_up, "[5,\"a+/=&\xc3\xa9\"]", 1),
              HasSubstr("&since=%5B5%2C%22a%2B%2F%3D%26%C3%A9%22%5D"));
  EXPECT_EQ(changes_url(options(), FeedMode::peek, "12", 7),
            "https://cloud.example/shoppers/_changes?feed=normal&include_docs=false&limit=1"
            "&since=12");
}

TEST(FeedCourse, JudgesEveryAnswer) {
  constexpr auto catch_up = FeedMode::catch_up;
  EXPECT_EQ(outcome(answered(200), catch_up), FeedOutcome::batch);
  for (const int status : {201, 204, 301, 302, 400, 401, 403, 404, 408, 429, 500, 503, 504}) {
    EXPECT_EQ(outcome(answered(status), catch_up), FeedOutcome::failed) << status;
  }
  EXPECT_EQ(outcome(answered(400), catch_up, true), FeedOutcome::cursor_refused);
  for (const int status : {404, 410, 414}) {
    EXPECT_EQ(outcome(answered(status), catch_up, true), FeedOutcome::cursor_refused) << status;
  }
  EXPECT_EQ(outcome(answered(401), catch_up, true), FeedOutcome::failed);
  EXPECT_EQ(outcome(failed(Sent::no), catch_up), FeedOutcome::failed);
  EXPECT_EQ(outcome(failed(Sent::maybe), catch_up, false, 1min), FeedOutcome::failed);
  auto large = failed(Sent::maybe);
  large.too_large = true;
  EXPECT_EQ(outcome(large, catch_up), FeedOutcome::too_large);
  EXPECT_EQ(outcome(large, FeedMode::wait, true, 1min), FeedOutcome::too_large);
}

TEST(FeedCourse, TellsWhatToDoAboutAFailure) {
  const auto reason = [](const Reply& reply) {
    return judge(reply, {FeedMode::catch_up, true, 0ms}, options()).reason;
  };
  EXPECT_THAT(reason(answered(401)), HasSubstr("credentials of [feed]"));
  EXPECT_THAT(reason(answered(302)), HasSubstr("set feed.url"));
  EXPECT_THAT(reason(answered(404)), HasSubstr("our cursor"));
  EXPECT_THAT(reason(failed(Sent::no)), HasSubstr("cannot be reached: broken"));
  EXPECT_EQ(reason(answered(200)), "");
}

TEST(FeedCourse, ForgivesAWaitThatWasCutOffAfterAWhile) {
  constexpr auto wait = FeedMode::wait;
  for (const auto& reply : {failed(Sent::maybe), answered(504), answered(408)}) {
    EXPECT_EQ(outcome(reply, wait, true, 5s), FeedOutcome::wait_over);
    EXPECT_EQ(outcome(reply, wait, true, 4999ms), FeedOutcome::failed) << "no endless loop";
    EXPECT_EQ(outcome(reply, FeedMode::catch_up, true, 5s), FeedOutcome::failed);
  }
  EXPECT_EQ(outcome(failed(Sent::no), wait, true, 1min), FeedOutcome::failed);
  EXPECT_EQ(outcome(answered(500), wait, true, 1min), FeedOutcome::failed);
}

FeedBatch batch_of(std::size_t results, std::optional<std::int64_t> pending = {}) {
  FeedBatch batch;
  batch.results = results;
  batch.pending = pending;
  return batch;
}

TEST(FeedCourse, KnowsWhenNothingIsMissing) {
  for (const auto mode : {FeedMode::catch_up, FeedMode::wait}) {
    EXPECT_TRUE(nothing_missing(batch_of(10, 0), mode, 10));
    EXPECT_TRUE(nothing_missing(batch_of(0, 3), mode, 10)) << "no rows, whatever is pending";
    EXPECT_FALSE(nothing_missing(batch_of(9, 3), mode, 10));
    EXPECT_TRUE(nothing_missing(batch_of(0), mode, 10));
    EXPECT_FALSE(nothing_missing(batch_of(10), mode, 10));
  }
  // A server may have a smaller limit of its own, so a short answer alone proves nothing.
  EXPECT_FALSE(nothing_missing(batch_of(9), FeedMode::catch_up, 10));
  EXPECT_TRUE(nothing_missing(batch_of(9), FeedMode::wait, 10));
}

TEST(FeedCourse, SeesAFeedThatCountsBackwards) {
  EXPECT_TRUE(went_backwards("12", "11"));
  EXPECT_FALSE(went_backwards("12", "12"));
  EXPECT_FALSE(went_backwards("9", "12"));
  EXPECT_FALSE(went_backwards("", "1"));
  EXPECT_FALSE(went_backwards("12-abc", "11-abc")) << "opaque, and may legitimately go back";
  EXPECT_FALSE(went_backwards("12", "[11]"));
}

TEST(FeedCourse, AsksAtOnceOnlyWhereThereWasProgress) {
  struct Case {
    FeedMode mode;
    std::size_t results;
    bool cursor_is_new;
    FeedPace pace;
  };
  constexpr Case cases[] = {
      {FeedMode::catch_up, 5, true, FeedPace::at_once},
      {FeedMode::catch_up, 5, false, FeedPace::back_off},
      {FeedMode::catch_up, 0, true, FeedPace::at_once},  // it is followed by a wait
      {FeedMode::catch_up, 0, false, FeedPace::at_once},
      {FeedMode::wait, 5, true, FeedPace::at_once},
      {FeedMode::wait, 5, false, FeedPace::back_off},
      {FeedMode::wait, 0, true,
       FeedPace::pause},  // the nodes of a cluster name one place variously
      {FeedMode::wait, 0, false, FeedPace::pause},
      {FeedMode::peek, 1, true, FeedPace::at_once},
      {FeedMode::peek, 1, false, FeedPace::back_off},
  };
  for (const auto& [mode, results, cursor_is_new, expected] : cases) {
    EXPECT_EQ(pace(mode, results, cursor_is_new), expected)
        << static_cast<int>(mode) << " " << results << " " << cursor_is_new;
  }
}

TEST(FeedTrail, KnowsTheLastPlacesAgainAndForgetsOlderOnes) {
  FeedTrail trail;
  EXPECT_TRUE(trail.reach("0"));
  EXPECT_FALSE(trail.reach("0"));
  for (int i = 1; i < 64; ++i) EXPECT_TRUE(trail.reach(std::to_string(i))) << i;
  EXPECT_FALSE(trail.reach("0"));
  EXPECT_FALSE(trail.reach("63"));
  EXPECT_TRUE(trail.reach("64"));
  EXPECT_TRUE(trail.reach("0")) << "it is so long ago";
  trail.clear();
  EXPECT_TRUE(trail.reach("64"));
}

TEST(FeedLimit, HalvesAndGrowsBackStepByStep) {
  FeedLimit limit(5);
  EXPECT_TRUE(limit.halve());
  EXPECT_EQ(limit.now(), 2U);
  EXPECT_TRUE(limit.halve());
  EXPECT_FALSE(limit.halve());
  EXPECT_EQ(limit.now(), 1U);
  for (int i = 0; i < 3; ++i) limit.went_well();
  EXPECT_EQ(limit.now(), 1U);
  limit.went_well();
  EXPECT_EQ(limit.now(), 2U);
  for (int i = 0; i < 20; ++i) limit.went_well();
  EXPECT_EQ(limit.now(), 5U);
  EXPECT_TRUE(limit.halve());
  limit.reset();
  EXPECT_EQ(limit.now(), 5U);
  EXPECT_EQ(FeedLimit(0).now(), 1U);
}

}  // namespace
}  // namespace gatehouse::sync
