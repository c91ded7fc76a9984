#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/values/result.hpp"

namespace gatehouse {

/// An amount in the minor unit of its currency (cents for USD, yen for JPY, fils for KWD). There is
/// no floating point anywhere near money.
struct Money {
  std::int64_t minor = 0;
  std::string currency;  ///< ISO 4217, three capital letters

  bool operator==(const Money&) const = default;
};

/// Three capital letters: which of them are a currency is not ours to say.
[[nodiscard]] bool is_currency(std::string_view text);

/// Digits after the decimal point in ISO 4217: 0 for JPY, 3 for KWD, 2 for what is not listed.
[[nodiscard]] int minor_digits(std::string_view currency);

/// Reads a decimal such as "15.99", "15.9" or "-3" exactly. Rejects exponents, blanks, more digits
/// after the point than the currency has (trailing zeros are forgiven), and what does not fit.
[[nodiscard]] Result<Money> parse_money(std::string_view amount, std::string_view currency);

/// The amount with exactly the digits of its currency: "15.99", "1200", "0.005".
[[nodiscard]] std::string format_amount(const Money& money);

}  // namespace gatehouse
