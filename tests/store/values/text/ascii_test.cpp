#include "store/values/text/ascii.hpp"

#include <gtest/gtest.h>

#include "store/values/text/hexadecimal.hpp"

namespace gatehouse {
namespace {

TEST(Ascii, KnowsItsCharactersWhateverTheByte) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    EXPECT_EQ(is_digit(c), byte >= 0x30 && byte <= 0x39) << byte;
    EXPECT_EQ(is_letter(c), (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A));
    EXPECT_EQ(is_control(c), byte < 0x20 || byte == 0x7F) << byte;
    EXPECT_EQ(is_printable(c), byte >= 0x20 && byte < 0x7F) << byte;
    EXPECT_EQ(is_visible(c), byte > 0x20 && byte < 0x7F) << byte;
  }
}

TEST(Ascii, HasASmallLetterForEachCapitalAndLeavesTheRest) {
  EXPECT_EQ(lower_case("X-Amz-DATE 1\u00c4"), "x-amz-date 1\u00c4");
}

TEST(Ascii, IsTrimmedOfBlanksAtBothEndsAlone) {
  EXPECT_EQ(trimmed(" \ta b\r"), "a b");
  EXPECT_EQ(trimmed("\r a \r", " "), "\r a \r");
  EXPECT_EQ(trimmed(" \t "), "");
  EXPECT_EQ(trimmed(""), "");
}

TEST(Ascii, TellsALineOfTextFromControlCharacters) {
  EXPECT_FALSE(has_control("J\u00f6rg, payments desk"));
  EXPECT_TRUE(has_control("a\nb"));
  EXPECT_TRUE(has_control("a\x7f"));
}

TEST(Hexadecimal, HasTwoDigitsForEachByte) {
  EXPECT_EQ(hexadecimal(std::string_view("\x00\x0f\x80\xff", 4)), "000f80ff");
  EXPECT_EQ(hexadecimal(""), "");
}

}  // namespace
}  // namespace gatehouse
