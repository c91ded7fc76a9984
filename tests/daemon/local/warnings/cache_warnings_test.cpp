#include "daemon/local/warnings/cache_warnings.hpp"

#include <gmock/gmock.h>

#include "daemon/local/warnings/warnings.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(CacheWarnings, TellOfACacheThatIsBuiltAnewUntilTheFeedHasFilledIt) {
  Facts facts = good_day();
  facts.process.sync.cache.kept = store::KeptCache{"/s/cache.db.damaged-20231114T221320Z",
                                                   WallTime{milliseconds{1'700'000'000'000}}};
  facts.process.sync.cache.why_useless = "SQLITE_NOTADB";
  EXPECT_THAT(assess(facts), IsEmpty());
  facts.process.sync.feed.position.synced_at.reset();
  const auto warnings = assess(facts);
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_EQ(warnings[0].code, "cache_begun_anew");
  EXPECT_EQ(warnings[0].severity, Severity::critical);
  EXPECT_THAT(warnings[0].text,
              HasSubstr("set aside at 2023-11-14T22:13:20.000Z as "
                        "/s/cache.db.damaged-20231114T221320Z. A new one is built from the feed; "
                        "until then all shoppers are unknown, and rejected"));
  EXPECT_THAT(warnings[0].text, HasSubstr("SQLITE_NOTADB"));
  EXPECT_EQ(warnings[1].code, "cache_never_synced");
}

}  // namespace
}  // namespace gatehouse::local
