#include "daemon/local/warnings/feed_warnings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/local/view/status_json.hpp"
#include "daemon/local/warnings/warnings.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;
using sync::FeedFlaw;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> codes(const Facts& facts) {
  std::vector<std::string> codes;
  for (const Warning& warning : assess(facts)) codes.push_back(warning.code);
  return codes;
}

TEST(FeedWarnings, NameTheDocumentsThatCannotBeUnderstoodUntilTheyCanBe) {
  Facts facts = good_day();
  auto& feed = facts.process.sync.feed;
  feed.unclear = {3, 2};
  feed.flaws.add({FeedFlaw::shopper, "shopper:S-1", "7-x", "status is neither"}, facts.now - 100h);
  feed.flaws.add({FeedFlaw::loyalty, "shopper:S-2", "8-x", "loyalty is long"}, facts.now - 100h);
  const auto warnings = assess(facts);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].code, "feed_documents_unclear");
  EXPECT_EQ(warnings[0].severity, Severity::warning);
  EXPECT_THAT(warnings[0].text, HasSubstr("3 documents"));
  EXPECT_THAT(warnings[0].text, HasSubstr("2 shoppers are rejected"));
  EXPECT_THAT(warnings[0].text, HasSubstr("shopper:S-1 at seq 7-x, status is neither"));
  feed.unclear = {};
  EXPECT_THAT(codes(facts), ElementsAre());
}

TEST(FeedWarnings, TellForADayOfRowsThatLeaveNothingBehind) {
  Facts facts = good_day();
  auto& flaws = facts.process.sync.feed.flaws;
  flaws.add({FeedFlaw::no_id, "", "7", "its id"}, facts.now - 23h);
  flaws.add({FeedFlaw::loyalty, "shopper:S-2", "8", "loyalty is long"}, facts.now);
  EXPECT_THAT(codes(facts), ElementsAre("feed_rows_without_id", "feed_loyalty_left_out"));
  facts.now += 2h;
  EXPECT_THAT(codes(facts), ElementsAre("feed_loyalty_left_out"));
}

TEST(FeedWarnings, SayThatBlocksHaveNoEffectWhereADamagedCacheCannotTakeThem) {
  Facts facts = good_day();
  facts.process.sync.cache.condition = store::CacheCondition::damaged;
  const auto text = [&facts] { return assess(facts).at(0).text; };
  EXPECT_THAT(text(), testing::Not(HasSubstr("no effect")));
  facts.process.sync.feed.without_effect = 3;
  EXPECT_THAT(text(), HasSubstr("3 changes of the feed may have no effect until then"));
  facts.process.sync.feed.takes_nothing = "the disk is full";
  EXPECT_THAT(text(), HasSubstr("have no effect now, nothing can be written: the disk is full"));
  EXPECT_EQ(assess(facts).at(0).severity, Severity::critical);
}

TEST(FeedWarnings, NoticeThatTheFeedIsReadAgain) {
  Facts facts = good_day();
  facts.process.sync.feed.rebuilding = true;
  facts.process.sync.feed.rebuilt_documents = 12;
  const auto warnings = assess(facts);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].code, "feed_rebuilding");
  EXPECT_EQ(warnings[0].severity, Severity::notice);
  EXPECT_THAT(warnings[0].text, HasSubstr("12 documents so far"));
}

TEST(FeedWarnings, HaveTheRowsInTheStatus) {
  Facts facts = good_day();
  facts.process.sync.feed.flaws.add({FeedFlaw::too_large, "shopper:S-1", "7", "it is long"},
                                    facts.now);
  const auto feed = status_json(facts, health_of(facts))["feed"];
  EXPECT_EQ(feed["rowsFlawed"]["too_large"], 1);
  EXPECT_EQ(feed["lastFlawed"][0].dump(),
            R"({"at":"2025-05-02T00:05:18.250Z","flaw":"too_large","id":"shopper:S-1","seq":"7",)"
            R"("text":"it is long"})");
}

}  // namespace
}  // namespace gatehouse::local
