#include "daemon/gate/request/masked_digits.hpp"

#include <gtest/gtest.h>

#include <random>

namespace gatehouse::gate {
namespace {

TEST(CardNumbers, AreMaskedWhereverTheyStand) {
  EXPECT_EQ(with_masked_card_numbers(R"({"pan":"4111111111111111","n":378282246310005})"),
            R"({"pan":"****************","n":***************})");
  EXPECT_EQ(with_masked_card_numbers("x4222222222222y"), "x*************y") << "13 digits";
  EXPECT_EQ(with_masked_card_numbers("6304000000000000000"), std::string(19, '*'));
  EXPECT_EQ(with_masked_card_numbers("4111111111111111=25121010000012345678"),
            "****************=25121010000012345678")
      << "a track";
}

TEST(CardNumbers, AreMaskedAsTheyArePrinted) {
  EXPECT_EQ(with_masked_card_numbers("card 4111 1111 1111 1111, thanks"),
            "card **** **** **** ****, thanks");
  EXPECT_EQ(with_masked_card_numbers("4111-1111-1111-1111"), "****-****-****-****");
  EXPECT_EQ(with_masked_card_numbers("3782 822463 10005"), "**** ****** *****");
  EXPECT_EQ(with_masked_card_numbers("3056 930902 5904"), "**** ****** ****");
  EXPECT_EQ(with_masked_card_numbers("6304 0000 0000 0000 000"), "**** **** **** **** ***");
  EXPECT_EQ(with_masked_card_numbers("4111.1111.1111.1111"), "****.****.****.****");
  EXPECT_EQ(with_masked_card_numbers("4111\t1111\t1111\t1111"), "****\t****\t****\t****");
  EXPECT_EQ(with_masked_card_numbers("4111\u00a01111\u00a01111\u00a01111"),
            "****\u00a0****\u00a0****\u00a0****");
}

TEST(CardNumbers, AreMaskedBesideOtherGroups) {
  EXPECT_EQ(with_masked_card_numbers("PAN-4111-1111-1111-1111"), "PAN-****-****-****-****");
  EXPECT_EQ(with_masked_card_numbers("4111-1111-1111-1111-123"), "****-****-****-****-123");
  EXPECT_EQ(with_masked_card_numbers("12-4111-1111-1111-1111"), "12-****-****-****-****");
}

TEST(CardNumbers, AreNotWhatFailsLuhnOrHasAnotherLength) {
  for (const auto* const text : {"4111111111111112", "411111111111", "41111111111111111111111",
                                 "0123456789012", "4111 1111-1111 1111", "4111  1111 1111 1111",
                                 "41 11 11 11 11 11 11 11", "1.0000000000000000000000001", ""}) {
    EXPECT_EQ(with_masked_card_numbers(text), text);
  }
}

TEST(CardNumbers, AreNotPartsOfAUuid) {
  for (const auto* const text :
       {"11111111-2222-3333-4444-555555555555", "a1b2c3d4-4111-1111-1111-1111ef345678",
        "b4111-1111-1111-1111", "41111111-1111-1111-4111-111111111111",
        "00000000-0000-0000-0000-000000000000"}) {
    EXPECT_EQ(with_masked_card_numbers(text), text);
  }
}

/// The digit that makes the run right by Luhn.
char check_digit(const std::string& digits) {
  for (char last = '0'; last <= '9'; ++last) {
    int sum = 0;
    const std::string run = digits + last;
    for (std::size_t i = 0; i < run.size(); ++i) {
      const int digit = run[run.size() - 1 - i] - '0';
      sum += i % 2 == 0 ? digit : digit * 2 / 10 + digit * 2 % 10;
    }
    if (sum % 10 == 0) return last;
  }
  return 'x';
}

TEST(CardNumbers, OfEveryLengthAreMaskedAndNothingElseChanges) {
  std::mt19937_64 random{7};
  const auto pick = [&](int below) {
    return std::uniform_int_distribution<>(0, below - 1)(random);
  };
  for (int run = 0; run < 20'000; ++run) {
    std::string digits;
    const int length = 12 + pick(7);
    for (int i = 0; i < length; ++i) digits += static_cast<char>('0' + pick(10));
    digits += check_digit(digits);
    std::string before;
    for (int i = 0; i < pick(5); ++i) before += static_cast<char>(' ' + pick(15));
    const std::string text = before + digits + " \"after\": 12";
    EXPECT_EQ(with_masked_card_numbers(text),
              before + std::string(digits.size(), '*') + " \"after\": 12")
        << text;
  }
}

}  // namespace
}  // namespace gatehouse::gate
