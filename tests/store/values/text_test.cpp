// The small readers and writers of text: UUIDs, JSON strings, log lines.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "store/values/json_text.hpp"
#include "store/values/printable.hpp"
#include "store/values/uuid.hpp"

namespace gatehouse {
namespace {

constexpr std::string_view uuid = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";

TEST(Uuid, IsTakenInCapitalAndSmallLetters) {
  EXPECT_TRUE(is_uuid(uuid));
  EXPECT_TRUE(is_uuid("A1B2C3D4-E5F6-7890-ABCD-EF1234567890"));
}

TEST(Uuid, IsNothingElse) {
  for (const auto* const text :
       {"", "a1b2c3d4-e5f6-7890-abcd-ef123456789", "a1b2c3d4-e5f6-7890-abcd-ef12345678901",
        "a1b2c3d4e5f67890abcdef1234567890", "{a1b2c3d4-e5f6-7890-abcd-ef1234567890}",
        "g1b2c3d4-e5f6-7890-abcd-ef1234567890", "a1b2c3d4_e5f6-7890-abcd-ef1234567890",
        "a1b2c3d-4e5f6-7890-abcd-ef1234567890"}) {
    EXPECT_FALSE(is_uuid(text)) << text;
  }
}

TEST(Uuid, MayBeOnlyTheBeginningWhereAmazonsExpressionIsOpen) {
  EXPECT_TRUE(begins_with_uuid(std::string(uuid) + "-gate-7"));
  EXPECT_FALSE(is_uuid(std::string(uuid) + "-gate-7"));
  EXPECT_FALSE(begins_with_uuid("gate-7-" + std::string(uuid)));
}

TEST(JsonString, ComesBackAsItWas) {
  const std::string text =
      std::string("\"\\/\b\f\n\r\t\x01\x1f\x7f", 11) + '\0' + "\u00e4\u20ac\U0001F600";
  std::string json;
  append_json_string(json, text);
  EXPECT_EQ(nlohmann::json::parse(json).get<std::string>(), text);
}

TEST(JsonString, IsJsonWhateverBytesCome) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string bytes{static_cast<char>(first), static_cast<char>(second)};
      ASSERT_TRUE(nlohmann::json::accept(json_string(bytes))) << first << ' ' << second;
    }
  }
  const std::string replaced = "\"\uFFFD\"";
  EXPECT_EQ(nlohmann::json::parse(json_string("\xff")), nlohmann::json::parse(replaced));
  for (const char* wrong : {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF",
                            "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xF0\x9F\x98"}) {
    EXPECT_TRUE(json_string(wrong).contains("\xEF\xBF\xBD")) << json_string(wrong);
    EXPECT_TRUE(nlohmann::json::accept(json_string(wrong)));
  }
  for (const char* right :
       {"\u0080", "\u07FF", "\u0800", "\uD7FF", "\uE000", "\U00010000", "\U0010FFFF"}) {
    EXPECT_EQ(nlohmann::json::parse(json_string(right)).get<std::string>(), right);
  }
}

TEST(Characters, AreCountedAndCutAsCodePoints) {
  const std::string text = "a\u00e4\u20ac\U0001F600";
  EXPECT_EQ(count_characters(text), 4);
  EXPECT_EQ(cut_to_characters(text, 2), "a\u00e4");
  EXPECT_EQ(cut_to_characters(text, 4), text);
  EXPECT_EQ(cut_to_characters(text, 0), "");
}

TEST(Printable, CannotBreakALogLine) {
  EXPECT_EQ(printable("STORE-9"), "STORE-9");
  EXPECT_EQ(printable("a\nb\x1b[31m\"\\"), "a\\x0ab\\x1b[31m\\x22\\x5c");
  EXPECT_EQ(printable("\u00e4"), "\\xc3\\xa4");
}

TEST(Printable, CutsWhatIsLong) {
  EXPECT_EQ(printable(std::string(64, 'x')), std::string(64, 'x'));
  EXPECT_EQ(printable(std::string(65, 'x')), std::string(64, 'x') + "...");
}

}  // namespace
}  // namespace gatehouse
