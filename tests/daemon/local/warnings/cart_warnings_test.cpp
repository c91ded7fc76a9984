#include "daemon/local/warnings/cart_warnings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/local/warnings/warnings.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

/// The only warning.
void expect_warning(const Facts& facts, const std::string& code, Severity severity,
                    const std::string& part) {
  const auto warnings = assess(facts);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].code, code);
  EXPECT_EQ(to_text(warnings[0].severity), to_text(severity));
  EXPECT_THAT(warnings[0].text, HasSubstr(part));
}

TEST(CartWarnings, TellOfCartsThatWereRefusedAndKept) {
  Facts facts = good_day();
  facts.ledger.refused = {.kept = 9, .bytes = 900, .waiting = 3, .recently = 2};
  facts.ledger.refused.last_trip = "T-1";
  facts.ledger.refused.last_reason = "payloadType has another value (PALM)";
  facts.ledger.refused.last_at = facts.now - 2min;
  expect_warning(facts, "carts_refused", Severity::warning,
                 "2 carts were answered 400 in the last 7 days and are kept, the last 2 min ago: "
                 "trip T-1, payloadType has another value (PALM). See `gatehouse records list "
                 "--state refused`");
}

TEST(CartWarnings, AreCriticalWhereARefusedCartIsNotKept) {
  Facts beyond_the_limit = good_day();
  beyond_the_limit.ledger.refused = {.kept = 10'000, .bytes = 900};
  beyond_the_limit.ledger.refused.not_kept = 4;
  beyond_the_limit.ledger.refused.not_kept_at = beyond_the_limit.now - 2min;
  expect_warning(beyond_the_limit, "carts_not_kept", Severity::critical,
                 "the last 2 min ago: 0 since the start, 4 beyond");
  Facts too_many = good_day();
  too_many.carts.not_kept = 1;
  too_many.carts.not_kept_at = too_many.now - 6 * 24h;
  expect_warning(too_many, "carts_not_kept", Severity::critical, "1 since the start, 0 beyond");
}

TEST(CartWarnings, TellOfCartsThatWereNotEvenReceived) {
  Facts facts = good_day();
  facts.carts.unauthorised = 5;
  facts.carts.turned_away_at = facts.now - 2min;
  expect_warning(facts, "carts_turned_away", Severity::warning,
                 "5 requests on the path of carts were answered 401");
}

TEST(CartWarnings, EndAfterAWhile) {
  Facts facts = good_day();
  facts.ledger.refused = {.kept = 3, .bytes = 900, .waiting = 3, .last_at = facts.now - 8 * 24h};
  facts.ledger.refused.not_kept = 2;
  facts.ledger.refused.not_kept_at = facts.now - 7 * 24h;
  facts.carts.turned_away_at = facts.now - 24h;
  EXPECT_THAT(assess(facts), IsEmpty());
}

}  // namespace
}  // namespace gatehouse::local
