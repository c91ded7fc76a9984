#include "daemon/local/view/status_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/local/view/status_json.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(StatusPage, ShowsTheNumbersOfTheStatus) {
  const Facts facts = eventful_day();
  const std::string page = status_page(status_json(facts, health_of(facts)));
  EXPECT_THAT(page, HasSubstr("<h1>Gatehouse STORE-7 <span class=\"critical\">critical</span>"));
  EXPECT_THAT(page, HasSubstr("<td>shoppers</td><td>1000000</td>"));
  EXPECT_THAT(page, HasSubstr("<td>oldest pending at</td><td>2025-05-02T00:04:18.250Z</td>"));
  EXPECT_THAT(page, HasSubstr("<td>scans: accepted</td><td>1204</td>"));
  EXPECT_THAT(page, HasSubstr("<td>cloud: reachable</td><td>yes</td>"));
  EXPECT_THAT(page, HasSubstr("1 charges wait for an operator"));
  EXPECT_THAT(page, HasSubstr("http-equiv=\"refresh\" content=\"5\""));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST(StatusPage, ShowsEachPartWithItsReason) {
  Facts facts = good_day();
  facts.process.ledger_trouble = "full";
  Health health = health_of(facts);
  health.parts[static_cast<std::size_t>(Part::ledger)].since = facts.now;
  const std::string page = status_page(status_json(facts, health));
  EXPECT_THAT(page,
              HasSubstr("<tr><td>ledger</td><td class=\"critical\">failed</td>"
                        "<td>since 2025-05-02T00:05:18.250Z</td><td>ledger_trouble</td></tr>"));
  EXPECT_THAT(page, HasSubstr("<tr><td>local api</td><td class=\"ok\">well</td>"));
}

TEST(StatusPage, TakesNothingForMarkup) {
  Facts facts = good_day();
  facts.process.sync.feed.last_error = "<script>alert(\"x\")</script>&";
  const std::string page = status_page(status_json(facts, health_of(facts)));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;"));
}

}  // namespace
}  // namespace gatehouse::local
