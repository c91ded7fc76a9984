#include "sync/transport/answer_fields.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace gatehouse::sync {
namespace {

TEST(AnswerFields, KeepsTheCharactersOfANumber) {
  const auto fields = AnswerFields::read(
      R"({"charge":{"amount":15.90,"code":"USD"},"big":123456789012345678901234567890})");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->find("charge.amount"), "15.90");
  EXPECT_EQ(fields->find("big"), "123456789012345678901234567890");
}

TEST(AnswerFields, LeavesOutWhatLiesDeeperAndInArrays) {
  const auto fields = AnswerFields::read(
      R"({"a":[{"status":"wrong"},["x"]],"b":{"c":{"status":"wrong"},"d":1},"status":"right"})");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->find("status"), "right");
  EXPECT_EQ(fields->find("b.d"), "1");
  EXPECT_FALSE(fields->find("a.status"));
  EXPECT_FALSE(fields->find("b.status"));
  EXPECT_FALSE(fields->find("b"));
  EXPECT_TRUE(fields->has_object("b"));
  EXPECT_FALSE(fields->has_object("a"));
}

TEST(AnswerFields, AreNotReadFromAnythingButAnObject) {
  for (const auto* body : {"", " ", "null", "[]", "15", "\"x\"", "{", "{\"a\":}", "{} {}",
                           "<html></html>", "{\"a\":1e999}", "\xff\xfe", "{\"a\":\"\xff\"}"}) {
    EXPECT_FALSE(AnswerFields::read(body)) << body;
  }
}

TEST(AnswerFields, SurviveAnyDepth) {
  std::string deep = "{\"a\":";
  for (int i = 0; i < 200'000; ++i) deep += "{\"a\":";
  EXPECT_FALSE(AnswerFields::read(deep));
  EXPECT_FALSE(AnswerFields::read(std::string(200'000, '[')));
}

Result<Money> money(const std::string& charge) {
  return money_in(*AnswerFields::read("{\"charge\":" + charge + "}"), "charge");
}

TEST(AnswerFields, ReadMoneyExactlyFromStringsAndNumbers) {
  EXPECT_EQ(money(R"({"amount":"15.99","code":"USD"})"), (Money{1599, "USD"}));
  EXPECT_EQ(money(R"({"amount":15.99,"code":"USD"})"), (Money{1599, "USD"}));
  EXPECT_EQ(money(R"({"amount":0.1,"code":"USD"})"), (Money{10, "USD"}));
  EXPECT_EQ(money(R"({"amount":90071992547409.93,"code":"USD"})"), (Money{9007199254740993, "USD"}))
      << "a double would end in 92";
  EXPECT_EQ(money(R"({"amount":1200,"code":"JPY"})"), (Money{1200, "JPY"}));
}

TEST(AnswerFields, RejectMoneyThatIsNotExact) {
  for (const auto* charge :
       {R"({"amount":"15.99"})", R"({"code":"USD"})", R"({"amount":"15.999","code":"USD"})",
        R"({"amount":1.5e1,"code":"USD"})", R"({"amount":"15.99","code":"usd"})",
        R"({"amount":"15.99","code":"DOLLAR"})", R"({"amount":true,"code":"USD"})",
        R"({"amount":{"x":1},"code":"USD"})", R"({"amount":"","code":"USD"})", "null"}) {
    const auto result = money(charge);
    ASSERT_FALSE(result) << charge;
    EXPECT_EQ(result.error().remedy, Remedy::reject);
  }
}

TEST(AnswerFields, TakesNoMemoryForAPathPerValueThatIsLongerThanAKey) {
  std::string body = "{\"" + std::string(100'000, 'k') + "\":{";
  for (int i = 0; i < 20'000; ++i) body += fmt::format("{}\"{}\":0", i == 0 ? "" : ",", i);
  const auto fields = AnswerFields::read(body + "}}");
  ASSERT_TRUE(fields);
  EXPECT_FALSE(fields->find(std::string(100'000, 'k') + ".1"));
}

}  // namespace
}  // namespace gatehouse::sync
