#include "store/values/money.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gatehouse {
namespace {

struct Exact {
  const char* amount;
  const char* currency;
  std::int64_t minor;
  const char* formatted;
};

class ExactAmounts : public testing::TestWithParam<Exact> {};

TEST_P(ExactAmounts, AreReadAndWrittenWithTheDigitsOfTheirCurrency) {
  const auto& [amount, currency, minor, formatted] = GetParam();
  const Result<Money> money = parse_money(amount, currency);
  ASSERT_TRUE(money) << money.error().message;
  EXPECT_EQ(money->minor, minor);
  EXPECT_EQ(money->currency, currency);
  EXPECT_EQ(format_amount(*money), formatted);
}

INSTANTIATE_TEST_SUITE_P(
    Money, ExactAmounts,
    testing::Values(Exact{"15.99", "USD", 1599, "15.99"}, Exact{"15.9", "USD", 1590, "15.90"},
                    Exact{"15", "USD", 1500, "15.00"}, Exact{"15.990000", "USD", 1599, "15.99"},
                    Exact{"0", "USD", 0, "0.00"}, Exact{"-0.05", "USD", -5, "-0.05"},
                    Exact{"-3", "USD", -300, "-3.00"}, Exact{"007.10", "EUR", 710, "7.10"},
                    Exact{"1200", "JPY", 1200, "1200"}, Exact{"1200.00", "JPY", 1200, "1200"},
                    Exact{"0.005", "KWD", 5, "0.005"}, Exact{"1.5", "KWD", 1500, "1.500"},
                    Exact{"0.0001", "CLF", 1, "0.0001"},
                    // 0.29 * 100 is 28.999… in a double.
                    Exact{"0.29", "USD", 29, "0.29"},
                    Exact{"1234567.89", "USD", 123456789, "1234567.89"},
                    Exact{"92233720368547758.07", "USD", std::numeric_limits<std::int64_t>::max(),
                          "92233720368547758.07"},
                    Exact{"-92233720368547758.08", "USD", std::numeric_limits<std::int64_t>::min(),
                          "-92233720368547758.08"}));

class NoAmounts : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(NoAmounts, AreRejectedWithWhatWasExpected) {
  const auto& [amount, currency] = GetParam();
  const Result<Money> money = parse_money(amount, currency);
  ASSERT_FALSE(money) << amount << " was read as " << money->minor;
  EXPECT_EQ(money.error().remedy, Remedy::reject);
  EXPECT_FALSE(money.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Money, NoAmounts,
    testing::Values(std::pair{"", "USD"}, std::pair{"-", "USD"}, std::pair{".", "USD"},
                    std::pair{".5", "USD"}, std::pair{"5.", "USD"}, std::pair{"+5", "USD"},
                    std::pair{"--5", "USD"}, std::pair{" 5", "USD"}, std::pair{"5 ", "USD"},
                    std::pair{"1e3", "USD"}, std::pair{"0x10", "USD"}, std::pair{"1,50", "USD"},
                    std::pair{"1.2.3", "USD"}, std::pair{"NaN", "USD"}, std::pair{"inf", "USD"},
                    std::pair{"15.999", "USD"}, std::pair{"1.5", "JPY"}, std::pair{"1.2345", "KWD"},
                    std::pair{"92233720368547758.08", "USD"},
                    std::pair{"-92233720368547758.09", "USD"},
                    std::pair{"99999999999999999999999999", "USD"},
                    std::pair{"1.00000000000000000000000000000000000000000000", "USD"},
                    std::pair{"5", "usd"}, std::pair{"5", "US"}, std::pair{"5", "USDX"},
                    std::pair{"5", ""}));

TEST(Money, RepeatsNothingInAMessageThatIsNotAnAmount) {
  const Result<Money> money = parse_money("secret-token", "USD");
  ASSERT_FALSE(money);
  EXPECT_EQ(money.error().message.find("secret"), std::string::npos);
  EXPECT_NE(money.error().message.find("12 characters"), std::string::npos);
}

TEST(Money, RepeatsNoAmountThatIsLongEnoughToBeACardNumber) {
  for (const char* amount : {"41111111111111111111", "4111 1111 1111 1111", "4111.1111.1111.1111",
                             "99999999999999999999999999", "411111111111.1111"}) {
    const Result<Money> money = parse_money(amount, "USD");
    ASSERT_FALSE(money) << amount;
    EXPECT_EQ(money.error().message.find("4111"), std::string::npos) << money.error().message;
    EXPECT_EQ(money.error().message.find("9999"), std::string::npos) << money.error().message;
    EXPECT_NE(money.error().message.find("characters"), std::string::npos) << amount;
  }
  EXPECT_NE(parse_money("123456789,99", "USD").error().message.find("\"123456789,99\""),
            std::string::npos);
}

}  // namespace
}  // namespace gatehouse
