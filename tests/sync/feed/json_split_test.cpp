#include "sync/feed/json_split.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace gatehouse::sync {
namespace {

using testing::ElementsAre;

std::optional<JsonSlice> whole(std::string_view text) {
  JsonSplit split(text);
  JsonSlice slice;
  return split.value(slice) && split.at_end() ? std::optional(slice) : std::nullopt;
}

TEST(JsonSplit, TakesValuesWithoutUnderstandingWhatIsInThem) {
  for (const auto* text :
       {"0", "-1.5e+400", "true", "nonsense", R"("")", R"("a\"b\\")", "\"\xff\xfe\"", R"("\ud800")",
        "\"\n\"", R"("\x")", "[]", "{}", "[[],{},[1,\"]\",{\"}\":[2]}]]",
        "{\"a\" : { \"b\" :\t[ 1 , 2 ] } , \"a\":\r\n3}"}) {
    const auto slice = whole(text);
    ASSERT_TRUE(slice.has_value()) << text;
    EXPECT_EQ(slice->text, text);
  }
  EXPECT_EQ(whole(" \n[1] ")->text, "[1]");
  EXPECT_EQ(whole("\xEF\xBB\xBF[1]")->text, "[1]");
}

TEST(JsonSplit, HoldsTheStructureToTheGrammar) {
  for (const auto* text :
       {"",       " ",          "[",          "]",          "{",          "}",
        "[1",     "[1,",        "[1,]",       "[,1]",       "[1 2]",      "[1}",
        "{1}",    "{\"a\"}",    "{\"a\":}",   "{\"a\":1,}", "{\"a\" 1}",  "{\"a\":1 \"b\":2}",
        "{a:1}",  "{\"a\":[}]", "\"",         "\"abc",      "\"abc\\",    "\"abc\\\"",
        "'a'",    "[1]]",       "1 2",        "\"a\"b\"",   "[\"a\"b\"]", "\xff",
        "{{}:1}", "[:]",        "{\"a\"::1}", "{\"a\":1:2}"}) {
    EXPECT_FALSE(whole(text).has_value()) << text;
  }
  EXPECT_FALSE(whole(std::string_view("[1\0]", 4)).has_value());
}

TEST(JsonSplit, SaysHowDeepAValueNests) {
  EXPECT_EQ(whole("1")->depth, 0U);
  EXPECT_EQ(whole("[]")->depth, 1U);
  EXPECT_EQ(whole("[[1],[[2]],3]")->depth, 3U);
  EXPECT_EQ(whole("{\"a\":{\"b\":[]}}")->depth, 3U);
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  EXPECT_EQ(whole(deep)->depth, 1'000'000U);
}

TEST(JsonSplit, WalksThroughMembersAndElements) {
  JsonSplit split(R"( {"rows": [1, "two" ,[3]], "e\"nd" :{}, "empty":[]} )");
  std::vector<std::string> seen;
  const auto take = [&] {
    JsonSlice slice;
    if (!split.value(slice)) return false;
    seen.emplace_back(slice.text);
    return true;
  };
  EXPECT_TRUE(split.object([&](std::string_view name) {
    seen.emplace_back(name);
    return split.next_is('[') ? split.array(take) : take();
  }));
  EXPECT_TRUE(split.at_end());
  EXPECT_THAT(seen,
              ElementsAre(R"("rows")", "1", R"("two")", "[3]", R"("e\"nd")", "{}", R"("empty")"));
}

TEST(JsonSplit, EndsWhereItsCallerSaysSo) {
  JsonSplit split("[1,2]");
  int calls = 0;
  EXPECT_FALSE(split.array([&] { return ++calls > 1; }));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace gatehouse::sync
