#include "sync/transport/answer_money.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::sync {
namespace {

Result<Money> money(const std::string& charge) {
  const auto document = JsonDocument::read("{\"charge\":" + charge + "}");
  if (!document) return failure(Remedy::reject, "no document");
  return money_in((*document)["charge"], "charge");
}

TEST(AnswerMoney, IsReadExactlyFromStringsAndNumbers) {
  EXPECT_EQ(money(R"({"amount":"15.99","code":"USD"})"), (Money{1599, "USD"}));
  EXPECT_EQ(money(R"({"amount":15.99,"code":"USD"})"), (Money{1599, "USD"}));
  EXPECT_EQ(money(R"({"amount":0.1,"code":"USD"})"), (Money{10, "USD"}));
  EXPECT_EQ(money(R"({"amount":90071992547409.93,"code":"USD"})"), (Money{9007199254740993, "USD"}))
      << "a double would end in 92";
  EXPECT_EQ(money(R"({"amount":1200,"code":"JPY"})"), (Money{1200, "JPY"}));
}

TEST(AnswerMoney, IsReadExactlyFromANumberWithAnExponent) {
  const auto minor = [](const std::string& amount, const std::string& code = "USD") {
    const auto read = money(R"({"amount":)" + amount + R"(,"code":")" + code + "\"}");
    return read ? std::optional(read->minor) : std::nullopt;
  };
  EXPECT_EQ(minor("1E+2"), 10'000);
  EXPECT_EQ(minor("1e2"), 10'000);
  EXPECT_EQ(minor("1.5e1"), 1'500);
  EXPECT_EQ(minor("1599E-2"), 1'599);
  EXPECT_EQ(minor("1e-2"), 1);
  EXPECT_EQ(minor("15.99e0"), 1'599);
  EXPECT_EQ(minor("0.1599e+002"), 1'599);
  EXPECT_EQ(minor("-1.5E1"), -1'500);
  EXPECT_EQ(minor("0e9"), 0);
  EXPECT_EQ(minor("9.007199254740993e13"), 9'007'199'254'740'993);
  EXPECT_EQ(minor("12E2", "JPY"), 1'200);
  EXPECT_EQ(minor("5e-3", "KWD"), 5);
  for (const auto* inexact : {"1e-3", "1.5991e1", "1E19", "1e300", "1E-300"}) {
    EXPECT_EQ(minor(inexact), std::nullopt) << inexact;
  }
  EXPECT_EQ(minor("15.5e0", "JPY"), std::nullopt);
  EXPECT_EQ(minor("-0.0"), 0);
  EXPECT_EQ(minor("-0e-18"), 0);
  EXPECT_EQ(minor("9223372036854775807e-2"), 9'223'372'036'854'775'807);
  EXPECT_EQ(minor("9223372036854775808e-2"), std::nullopt) << "one more than fits";
  EXPECT_EQ(minor("9.223372036854775808e16"), std::nullopt);
  EXPECT_EQ(minor("1e16"), 1'000'000'000'000'000'000);
  EXPECT_EQ(minor("1e17"), std::nullopt);
  EXPECT_EQ(minor("0.000000000000000001e18"), 100);
  EXPECT_EQ(minor("100000000000000000e-17"), 100) << "trailing zeros are forgiven";
  EXPECT_EQ(minor("1e-19"), std::nullopt);
  EXPECT_EQ(minor("1e99999999999999999999"), std::nullopt);
}

TEST(AnswerMoney, IsRejectedWhereItIsNotExact) {
  for (const auto* charge :
       {R"({"amount":"15.99"})", R"({"code":"USD"})", R"({"amount":"15.999","code":"USD"})",
        R"({"amount":"1.5e1","code":"USD"})", R"({"amount":"9,99","code":"USD"})",
        R"({"amount":"15.99","code":"usd"})", R"({"amount":"15.99","code":"DOLLAR"})",
        R"({"amount":"15.99","code":840})", R"({"amount":true,"code":"USD"})",
        R"({"amount":{"x":1},"code":"USD"})", R"({"amount":"","code":"USD"})", "null", "15.99",
        R"(["15.99","USD"])"}) {
    const auto result = money(charge);
    ASSERT_FALSE(result) << charge;
    EXPECT_EQ(result.error().remedy, Remedy::reject);
    EXPECT_NE(result.error().message.find("charge"), std::string::npos);
  }
}

}  // namespace
}  // namespace gatehouse::sync
