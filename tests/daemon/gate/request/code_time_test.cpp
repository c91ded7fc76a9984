#include "daemon/gate/request/code_time.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/gate/decision/policy.hpp"

namespace gatehouse::gate {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

std::string problem_of(std::string_view pattern) {
  const auto compiled = CodeTime::compile(pattern);
  return compiled ? "none" : compiled.error();
}

TEST(CodeTime, IsOffWithoutAPattern) {
  EXPECT_EQ(CodeTime::compile("").value(), nullptr);
}

TEST(CodeTime, ReadsEveryFormOfATime) {
  const WallTime time = from_unix_ms(1711126800000);
  for (const auto* const text :
       {"1711126800", "1711126800000", "20240322T170000Z", "20240322T180000+01:00",
        "2024-03-22T17:00:00Z", "2024-03-22T17:00Z"}) {
    if (std::string_view(text).ends_with("+01:00")) {
      EXPECT_EQ(parse_code_time(text), std::nullopt) << text;
    } else {
      EXPECT_EQ(parse_code_time(text), time) << text;
    }
  }
  for (const auto* const text : {"", "0", "12345678", "171112680000000", "x711126800",
                                 "20241322T170000Z", "20240322 170000Z"}) {
    EXPECT_EQ(parse_code_time(text), std::nullopt) << text;
  }
}

TEST(CodeTime, FindsTimeAndKeyByTheirGroups) {
  const auto first = CodeTime::compile("t([0-9]+)x").value();
  const auto reading = first->read("CODE-t1711126800x-REST");
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->made_at, from_unix_ms(1711126800000));
  EXPECT_EQ(reading->key, "CODE-t1711126800x-REST");
  const auto named = CodeTime::compile("^(?P<key>[A-Z]+)(?P<time>[0-9]+)$").value();
  EXPECT_EQ(named->read("ACME1711126800")->key, "ACME");
  EXPECT_EQ(named->read("ACME1711126800")->made_at, from_unix_ms(1711126800000));
  EXPECT_EQ(named->read("ACME12")->made_at, std::nullopt) << "it is there, and no time";
  EXPECT_FALSE(named->read("acme1711126800"));
  EXPECT_FALSE(named->read("\xff\xfe"));
  EXPECT_FALSE(first->read(std::string(2000, 'y') + "t1711126800x")) << "no code is so long";
}

TEST(CodeTime, RefusesAPatternThatCannotWork) {
  EXPECT_THAT(problem_of("("), HasSubstr("no regular expression"));
  EXPECT_THAT(problem_of("(?=a)(b)"), HasSubstr("no regular expression"));
  EXPECT_THAT(problem_of("[0-9]{10}"), HasSubstr("has 0 groups"));
  EXPECT_THAT(problem_of("(a)(b)(c)(d)(e)(f)(g)(h)(i)"), HasSubstr("has 9 groups"));
  EXPECT_THAT(problem_of("(?P<key>[0-9]+)"), HasSubstr("no group for the time"));
  EXPECT_THAT(problem_of(std::string(300, 'a')), HasSubstr("longer than 256"));
}

TEST(CodeTime, IsReadFastWhateverThePattern) {
  const auto nested = CodeTime::compile("^(([a-z]+)+)([0-9]{10})$").value();
  EXPECT_FALSE(nested->read(std::string(1000, 'a')));  // would take for ever with backtracking
}

TEST(FreshCodes, AreNeitherTooOldNorFromAhead) {
  const WallTime event = from_unix_ms(1711126800000);
  EXPECT_TRUE(is_fresh(event, event, seconds{60}));
  EXPECT_TRUE(is_fresh(event - seconds{60}, event, seconds{60}));
  EXPECT_FALSE(is_fresh(event - seconds{60} - milliseconds{1}, event, seconds{60}));
  EXPECT_TRUE(is_fresh(event + seconds{60}, event, seconds{60}));
  EXPECT_FALSE(is_fresh(event + seconds{61}, event, seconds{60}));
}

}  // namespace
}  // namespace gatehouse::gate
