#include "sync/transport/json_document.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace gatehouse::sync {
namespace {

JsonDocument read(std::string_view text) {
  auto document = JsonDocument::read(text);
  EXPECT_TRUE(document) << text;
  return document.value();
}

std::optional<NoDocument> why_not(std::string_view text) {
  const auto document = JsonDocument::read(text);
  return document ? std::nullopt : std::optional(document.error());
}

TEST(JsonDocument, KeepsTheCharactersOfANumber) {
  const auto document = read(
      R"({"charge":{"amount":15.90,"code":"USD"},"big":123456789012345678901234567890,"e":1E+2})");
  EXPECT_EQ(document.find("charge.amount").scalar(), "15.90");
  EXPECT_EQ(document.find("charge.amount").text(), std::nullopt);
  EXPECT_EQ(document["big"].scalar(), "123456789012345678901234567890");
  EXPECT_EQ(document["e"].scalar(), "1E+2");
}

TEST(JsonDocument, TakesAPathForAPathAndANameForAName) {
  const auto document =
      read(R"({"charge.amount":"900.00","charge":{"amount":"1.00"},"a.b":{"c":1},)"
           R"("":{"":2}})");
  EXPECT_EQ(document.find("charge.amount").scalar(), "1.00");
  EXPECT_EQ(document["charge.amount"].scalar(), "900.00");
  EXPECT_TRUE(document.find("a.b.c").is(JsonKind::missing));
  EXPECT_EQ(document.find(".").scalar(), "2");
}

TEST(JsonDocument, LooksIntoObjectsAndNeverIntoArraysOrTexts) {
  const auto document = read(
      R"({"a":[{"status":"wrong"},["x"]],"b":{"c":{"status":"wrong"},"d":1},"status":"right"})");
  EXPECT_EQ(document["status"].text(), "right");
  EXPECT_EQ(document.find("b.c.status").text(), "wrong");
  EXPECT_TRUE(document.find("a.status").is(JsonKind::missing));
  EXPECT_TRUE(document.find("b.status").is(JsonKind::missing));
  EXPECT_TRUE(document.find("status.status").is(JsonKind::missing));
  EXPECT_EQ(document["b"].scalar(), std::nullopt);
}

TEST(JsonDocument, TellsTypesApart) {
  const auto document = read(R"({"s":"","n":0,"b":false,"0":null,"o":{},"a":[]})");
  const auto kind = [&](std::string_view name) { return document[name].kind(); };
  EXPECT_EQ(kind("s"), JsonKind::string);
  EXPECT_EQ(kind("n"), JsonKind::number);
  EXPECT_EQ(kind("b"), JsonKind::boolean);
  EXPECT_EQ(document["b"].boolean(), false);
  EXPECT_EQ(kind("o"), JsonKind::object);
  EXPECT_EQ(kind("a"), JsonKind::array);
  EXPECT_TRUE(document["0"].is_absent());
  EXPECT_TRUE(document["nothing"].is_absent());
  EXPECT_FALSE(document["b"].is_absent());
  EXPECT_TRUE(document["o"].children().empty());
}

TEST(JsonDocument, KeepsTheOrderOfMembersAndElements) {
  const auto document = read(R"( {"b":[1,[2,3],{"x":[]},4],"a":2} )");
  std::string names;
  for (const JsonValue member : document.root().children()) names += member.name();
  EXPECT_EQ(names, "ba");
  std::string json;
  append_json(json, document.root());
  EXPECT_EQ(json, R"({"b":[1,[2,3],{"x":[]},4],"a":2})");
}

TEST(JsonDocument, IsWrittenAgainAsItMeant) {
  std::string json;
  append_json(json, read(R"([null,true,false,-1.50E+3,"a\"\u0000\u00e9é\n",{"\n":0}])").root());
  EXPECT_EQ(json, R"([null,true,false,-1.50E+3,"a\"\u0000éé\u000a",{"\u000a":0}])");
}

TEST(JsonDocument, IsNotReadFromWhatIsNoJson) {
  for (const auto* text : {"", " ", "{", "{\"a\":}", "{} {}", "<html></html>", "{\"a\":1e999}",
                           "\xff\xfe", "{\"a\":\"\xff\"}", R"({"a":9,99})", R"({"a":"\ud800"})"}) {
    EXPECT_EQ(why_not(text), NoDocument::syntax) << text;
  }
  for (const auto* text : {"null", "[]", "15", "\"x\""}) {
    EXPECT_EQ(why_not(text), std::nullopt) << text;
    EXPECT_FALSE(JsonDocument::read_object(text)) << text;
  }
  EXPECT_TRUE(JsonDocument::read_object("\xEF\xBB\xBF {}"));
}

TEST(JsonDocument, IsNotReadFromATextWithANulByteWhichWouldHideWhatFollowsIt) {
  using namespace std::string_view_literals;
  for (const auto text : {"{}\0"sv, "\0{}"sv,
                          R"({"status":"APPROVED"})"
                          "\0"
                          R"({"status":"DECLINED"})"sv,
                          "[1\0]"sv, "\0"sv}) {
    EXPECT_EQ(why_not(text), NoDocument::syntax) << text;
  }
  EXPECT_EQ(why_not(R"({"a":"\u0000"})"), std::nullopt);
}

TEST(JsonDocument, IsNotReadWhereANameComesTwiceInOneObjectAtAnyDepth) {
  for (const auto* text :
       {R"({"a":1,"a":1})", R"({"a":1,"b":2,"a":{}})", R"([{"x":[{"a":1,"a":2}]}])",
        R"({"a":1,"\u0061":2})", R"({"":1,"":2})", R"({"o":{"a":1,"a":2},"status":"APPROVED"})"}) {
    EXPECT_EQ(why_not(text), NoDocument::doubled) << text;
  }
  EXPECT_EQ(why_not(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]})"), std::nullopt);
}

TEST(JsonDocument, KeepsDoubledNamesWhereItIsToldToAndFindsTheFirst) {
  const auto document =
      JsonDocument::read(R"({"a":{"b":1,"b":2},"a":{"b":3},"c":4})", DoubledNames::keep);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->find("a.b").scalar(), "1");
  EXPECT_EQ((*document)["c"].scalar(), "4");
  std::string json;
  append_json(json, document->root());
  EXPECT_EQ(json, R"({"a":{"b":1,"b":2},"a":{"b":3},"c":4})");
  EXPECT_TRUE(JsonDocument::read_object(R"({"a":1,"a":1})", DoubledNames::keep));
  for (const auto* text : {R"({"a":1,"a":1)", "[]"}) {
    EXPECT_FALSE(JsonDocument::read_object(text, DoubledNames::keep)) << text;
  }
}

TEST(JsonDocument, SaysInOneWayWhatCameInstead) {
  const auto came = [](NoDocument why) { return what_came(why, "a page"); };
  EXPECT_EQ(came(NoDocument::syntax), "a page");
  EXPECT_EQ(came(NoDocument::no_object), "a page");
  EXPECT_EQ(came(NoDocument::doubled),
            "JSON that has two members of one name in an object, so nothing of it is taken");
  EXPECT_EQ(came(NoDocument::too_large),
            "JSON that is longer or deeper than 2 MiB, 600000 values or 96 levels, so nothing of "
            "it is taken");
}

TEST(JsonDocument, IsNotReadBeyondItsLimits) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(why_not(nested(JsonDocument::depth_max)), std::nullopt);
  EXPECT_EQ(why_not(nested(JsonDocument::depth_max + 1)), NoDocument::too_large);
  EXPECT_EQ(why_not(nested(200'000)), NoDocument::too_large);
  std::string deep = "{\"a\":";
  for (int i = 0; i < 200'000; ++i) deep += "{\"a\":";
  EXPECT_EQ(why_not(deep), NoDocument::too_large);
  const auto text = [](std::size_t bytes) { return '"' + std::string(bytes - 2, 'x') + '"'; };
  EXPECT_EQ(why_not(text(JsonDocument::bytes_max)), std::nullopt);
  EXPECT_EQ(why_not(text(JsonDocument::bytes_max + 1)), NoDocument::too_large);
  const auto zeros = [](std::size_t count) {
    std::string array = "[0";
    for (std::size_t i = 1; i < count; ++i) array += ",0";
    return array + ']';
  };
  EXPECT_EQ(why_not(zeros(JsonDocument::values_max - 1)), std::nullopt);
  EXPECT_EQ(why_not(zeros(JsonDocument::values_max)), NoDocument::too_large);
}

}  // namespace
}  // namespace gatehouse::sync
