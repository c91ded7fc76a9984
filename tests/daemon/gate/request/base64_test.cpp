#include "daemon/gate/request/base64.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::gate {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text.push_back(static_cast<char>(value));
  return text;
}

TEST(Base64, ReadsTheFaqsExampleWithItsTrailingBlank) {
  EXPECT_EQ(decode_base64("MTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1LTY2NjY= "),
            "1111-2222-3333-4444-5555-6666");
}

TEST(Base64, ReadsTheTestVectorsOfRfc4648) {
  EXPECT_EQ(decode_base64(""), "");
  EXPECT_EQ(decode_base64("Zg=="), "f");
  EXPECT_EQ(decode_base64("Zm8="), "fo");
  EXPECT_EQ(decode_base64("Zm9v"), "foo");
  EXPECT_EQ(decode_base64("Zm9vYg=="), "foob");
  EXPECT_EQ(decode_base64("Zm9vYmE="), "fooba");
  EXPECT_EQ(decode_base64("Zm9vYmFy"), "foobar");
}

TEST(Base64, ReadsEveryDigitOfTheStandardAlphabetAndAnyByte) {
  EXPECT_EQ(decode_base64("AAH//vs/+g=="), bytes({0, 1, 0xFF, 0xFE, 0xFB, 0x3F, 0xFA}));
}

TEST(Base64, ForgivesBlanksAroundTheTextAndNoneInsideButLineBreaks) {
  EXPECT_EQ(decode_base64("\t\r\n Zm9v \r\n\t"), "foo");
  EXPECT_EQ(decode_base64("Zm 9v"), std::nullopt);
  EXPECT_EQ(decode_base64("Zm9v\nYmFy"), "foobar");
  EXPECT_EQ(decode_base64("Zm9\r\nvYg==\r\n"), "foob");
  EXPECT_EQ(decode_base64("Zm9v\tYmFy"), std::nullopt);
  EXPECT_EQ(decode_base64("\vZm9v"), std::nullopt);
  EXPECT_EQ(decode_base64("   "), "");
}

TEST(Base64, TakesAllOfThePaddingOrNone) {
  EXPECT_EQ(decode_base64("Zg"), "f");
  EXPECT_EQ(decode_base64("Zm8"), "fo");
  EXPECT_EQ(decode_base64("Zm9vYmE"), "fooba");
  for (const auto* const text : {"Zg=", "Zm9vYg=", "Zm9vY", "Z", "="}) {
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
  }
}

TEST(Base64, TakesPaddingOnlyAtTheEndAndAtMostTwo) {
  for (const auto* const text : {"====", "A===", "Zg==Zg==", "Z=8=", "=Zm9", "Zm9v===="}) {
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
  }
}

TEST(Base64, RefusesUnusedBitsThatAreNotZero) {
  EXPECT_EQ(decode_base64("Zh"), std::nullopt);
  EXPECT_EQ(decode_base64("Zh=="), std::nullopt);
  EXPECT_EQ(decode_base64("Zm9="), std::nullopt);
}

TEST(Base64, RefusesTheUrlAlphabetAndAnythingElse) {
  for (const auto* const text : {"-_-_", "Zm9*", "Zm9\x80", "Zm9\xC3"}) {
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
  }
  EXPECT_EQ(decode_base64(std::string_view("Zm9\0", 4)), std::nullopt);
}

TEST(Base64, ReadsUpToItsLimitAndNoFurther) {
  const std::string longest(base64_text_max, 'A');
  EXPECT_EQ(decode_base64(longest), std::string(base64_text_max / 4 * 3, '\0'));
  EXPECT_EQ(decode_base64(' ' + longest + ' '), std::string(base64_text_max / 4 * 3, '\0'));
  EXPECT_EQ(decode_base64(longest + "AAAA"), std::nullopt);
  std::string wrapped = longest;
  for (std::size_t at = 76; at < wrapped.size(); at += 78) wrapped.insert(at, "\r\n");
  EXPECT_EQ(decode_base64(wrapped), std::string(base64_text_max / 4 * 3, '\0'));
  EXPECT_EQ(decode_base64(wrapped + "AAAA"), std::nullopt);
}

TEST(LineEnd, IsTakenOffACodeThatHasOne) {
  EXPECT_EQ(without_line_end("code\r\n"), "code");
  EXPECT_EQ(without_line_end("co\nde\r"), "co\nde");
  EXPECT_EQ(without_line_end("code"), std::nullopt);
  EXPECT_EQ(without_line_end("\r\n"), std::nullopt);
  EXPECT_EQ(without_line_end(std::nullopt), std::nullopt);
}

}  // namespace
}  // namespace gatehouse::gate
