#include "daemon/gate/request/document.hpp"

#include <gtest/gtest.h>

#include <string>

#include "daemon/gate/request/wide_numbers.hpp"

namespace gatehouse::gate {
namespace {

/// "" for a good document, else what was wrong with it.
std::string problem(std::string_view body) {
  DocumentParser parser;
  const auto object = parser.parse(body);
  if (object) return {};
  EXPECT_EQ(object.error().field, "body");
  return std::string(object.error().came);
}

std::string nested(std::size_t depth) {
  return R"({"x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

TEST(Document, IsOneObject) {
  EXPECT_EQ(problem("{}"), "");
  EXPECT_EQ(problem(" \r\n\t{ \"a\" : null } "), "");
  EXPECT_EQ(problem(""), "is empty");
  EXPECT_EQ(problem("   "), "is empty");
  EXPECT_EQ(problem("[]"), "is not an object");
  EXPECT_EQ(problem("null"), "is not an object");
  EXPECT_EQ(problem("\"{}\""), "is not an object");
}

TEST(Document, IsCheckedToItsEnd) {
  for (const auto* const body :
       {"{", "}", "{} {}", "{}x", R"({"a":1,})", R"({"a" 1})", "{'a':1}", R"({"a":tru})",
        R"({"a":"\x"})", "{\"a\":\"\n\"}", R"({"a":01})", R"({"a":1.})", R"({"a":+1})",
        R"({"a":NaN})", "<html></html>", "storeId=1"}) {
    EXPECT_EQ(problem(body), "is not JSON") << body;
  }
}

TEST(Document, IsUtf8) {
  EXPECT_EQ(problem("{\"a\":\"\xC3\xA4\"}"), "");
  EXPECT_EQ(problem("{\"a\":\"\xC3\"}"), "is not UTF-8");
  EXPECT_EQ(problem("{\"a\":\"\xED\xA0\x80\"}"), "is not UTF-8");
  EXPECT_EQ(problem("{\"a\":\"\xC0\x80\"}"), "is not UTF-8");
  EXPECT_EQ(problem("\xFF\xFE{}"), "is not UTF-8");
}

TEST(Document, HasNoHalfSurrogatesThatWouldMakeAnAnswerInvalid) {
  EXPECT_EQ(problem(R"({"a":"\ud83d\ude00"})"), "");
  EXPECT_EQ(problem(R"({"a":"\ud83d"})"), "is not JSON");
  EXPECT_EQ(problem(R"({"a":"\ude00"})"), "is not JSON");
  EXPECT_EQ(problem(R"({"a":"\ud83d\u0041"})"), "is not JSON");
}

TEST(Document, NestsToItsLimitAndNoDeeper) {
  EXPECT_EQ(problem(nested(60)), "");
  EXPECT_EQ(problem(nested(64)), "nests too deep");
  EXPECT_EQ(problem(nested(200'000)), "nests too deep");
}

TEST(Document, NestsNoDeeperAlsoAfterALargeOneHasGrownTheParser) {
  DocumentParser parser;
  ASSERT_TRUE(parser.parse(R"({"x":")" + std::string(100'000, 'x') + "\"}"));
  EXPECT_FALSE(parser.parse(nested(64)));
}

TEST(Document, TakesNumbersOfAnySize) {
  EXPECT_EQ(problem(R"({"a":123456789012345678901234567890,"b":-1e999,"c":[1,2.5,-0,1E+2]})"), "");
  EXPECT_EQ(problem(R"({"a":123456789012345678901234567890,"b":01})"), "is not JSON");
}

TEST(Document, GivesTheFirstOfANameThatComesTwice) {
  DocumentParser parser;
  const auto object = parser.parse(R"({"a":"first","a":"second"})");
  ASSERT_TRUE(object);
  std::string_view text;
  ASSERT_EQ(object->at_key("a").get(text), simdjson::SUCCESS);
  EXPECT_EQ(text, "first");
}

TEST(WideNumbers, LeaveStringsAndMalformedNumbersAlone) {
  EXPECT_EQ(with_narrow_numbers(R"({"1e9":"-5 \" 7","b":-12.5e+3,"c":01,"d":[1.])"),
            R"({"1e9":"-5 \" 7","b":0       ,"c":01,"d":[1.])");
  EXPECT_EQ(with_narrow_numbers(R"(12"34)"), R"(0 "34)");
  EXPECT_EQ(with_narrow_numbers(R"("\)"), R"("\)");
}

}  // namespace
}  // namespace gatehouse::gate
