#include "store/values/money.hpp"
#include "store/values/text/ascii.hpp"
#include "store/values/whole_number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace gatehouse {
namespace {

// ISO 4217, list one; every currency that is not here has two digits.
constexpr std::array<std::string_view, 17> no_digits{"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                                     "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                                                     "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 7> three_digits{"BHD", "IQD", "JOD", "KWD",
                                                       "LYD", "OMR", "TND"};
constexpr std::array<std::string_view, 2> four_digits{"CLF", "UYW"};

constexpr std::size_t amount_max_length = 40;

/// A card number has 13 digits or more.
constexpr std::size_t quoted_max_length = 12;

/// What came, for a message; it comes from outside, so only what looks like an amount, and is too
/// short to be a card number, is repeated.
std::string quoted(std::string_view amount) {
  const auto harmless = [](char letter) {
    return is_digit(letter) || std::string_view("+-.,eE ").contains(letter);
  };
  if (amount.size() <= quoted_max_length && std::ranges::all_of(amount, harmless)) {
    return fmt::format("\"{}\"", amount);
  }
  return fmt::format("a text of {} characters", amount.size());
}

std::unexpected<Error> not_an_amount(std::string_view amount) {
  return failure(
      Remedy::reject,
      fmt::format("the amount is {}; expected a decimal number such as \"15.99\"", quoted(amount)));
}

struct Decimal {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
};

std::optional<Decimal> split(std::string_view text) {
  Decimal decimal;
  decimal.negative = text.starts_with('-');
  if (decimal.negative) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  decimal.whole = text.substr(0, point);
  if (point != std::string_view::npos) {
    decimal.fraction = text.substr(point + 1);
    if (decimal.fraction.empty()) return std::nullopt;
  }
  const bool digits = !decimal.whole.empty() && std::ranges::all_of(decimal.whole, is_digit) &&
                      std::ranges::all_of(decimal.fraction, is_digit);
  return digits ? std::optional(decimal) : std::nullopt;
}

}  // namespace

bool is_currency(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, is_capital);
}

int minor_digits(std::string_view currency) {
  const auto listed = [currency](const auto& list) {
    return std::ranges::find(list, currency) != list.end();
  };
  if (listed(no_digits)) return 0;
  if (listed(three_digits)) return 3;
  return listed(four_digits) ? 4 : 2;
}

Result<Money> parse_money(std::string_view amount, std::string_view currency) {
  if (!is_currency(currency)) {
    return failure(Remedy::reject, "the currency is not three capital letters such as \"USD\"");
  }
  const auto digits = static_cast<std::size_t>(minor_digits(currency));
  const std::optional<Decimal> decimal =
      amount.size() <= amount_max_length ? split(amount) : std::nullopt;
  if (!decimal) return not_an_amount(amount);

  std::string_view fraction = decimal->fraction;
  while (fraction.size() > digits && fraction.ends_with('0')) fraction.remove_suffix(1);
  if (fraction.size() > digits) {
    return failure(Remedy::reject, fmt::format("the amount is {}; {} has {} digits after the point",
                                               quoted(amount), currency, digits));
  }

  std::string minor(decimal->negative ? "-" : "");
  minor.append(decimal->whole).append(fraction).append(digits - fraction.size(), '0');
  const auto number = whole_number(minor);
  if (!number) {
    return failure(Remedy::reject,
                   fmt::format("the amount is {}, which is too large", quoted(amount)));
  }
  return Money{*number, std::string(currency)};
}

std::string format_amount(const Money& money) {
  const auto digits = static_cast<std::size_t>(minor_digits(money.currency));
  std::string text = std::to_string(money.minor);
  const std::size_t sign = money.minor < 0 ? 1 : 0;
  if (text.size() < sign + digits + 1) text.insert(sign, sign + digits + 1 - text.size(), '0');
  if (digits > 0) text.insert(text.size() - digits, ".");
  return text;
}

}  // namespace gatehouse
