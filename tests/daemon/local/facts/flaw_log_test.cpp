#include "daemon/local/facts/flaw_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;
using sync::FeedFlaw;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(FlawLog, NamesADocumentOnceAnHour) {
  FlawLog log;
  sync::FlawTally flaws;
  const SteadyTime begin{};
  EXPECT_THAT(log.look(flaws, begin), ElementsAre());
  flaws.add({FeedFlaw::shopper, "shopper:S-1", "7", "status is odd"}, {});
  EXPECT_THAT(log.look(flaws, begin),
              ElementsAre("a row of the feed has an error (shopper): document shopper:S-1, seq 7: "
                          "status is odd"));
  EXPECT_THAT(log.look(flaws, begin), ElementsAre());
  flaws.add({FeedFlaw::shopper, "shopper:S-1", "8", "status is odd"}, {});
  EXPECT_THAT(log.look(flaws, begin + 59min),
              ElementsAre(HasSubstr("1 more rows of the feed with errors")));
  flaws.add({FeedFlaw::shopper, "shopper:S-1", "9", "status is odd"}, {});
  EXPECT_THAT(log.look(flaws, begin + 60min), ElementsAre(HasSubstr("seq 9")));
}

TEST(FlawLog, NeitherFillsTheJournalNorTheMemory) {
  FlawLog log;
  sync::FlawTally flaws;
  std::size_t lines = 0;
  for (int i = 0; i < 1'000; ++i) {
    for (int j = 0; j < 100; ++j) {
      flaws.add({FeedFlaw::shopper, std::to_string(i * 100 + j), "7", "odd"}, {});
    }
    const auto look = log.look(flaws, SteadyTime{});
    EXPECT_LE(look.size(), 11U);
    lines += static_cast<std::size_t>(std::ranges::count_if(
        look, [](const std::string& line) { return line.contains("document"); }));
  }
  EXPECT_EQ(lines, FlawLog::documents_max);
}

}  // namespace
}  // namespace gatehouse::local
