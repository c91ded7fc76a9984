#include "sync/transport/answer_money.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "store/values/whole_number.hpp"

namespace gatehouse::sync {
namespace {

/// More than any amount has digits; so that an exponent costs no memory.
constexpr int exponent_max = 18;

/// A JSON number as a decimal without an exponent, by moving its point; as it is where it has none,
/// or one that no amount has.
std::string plain_decimal(std::string_view number) {
  const auto e = number.find_first_of("eE");
  if (e == std::string_view::npos) return std::string(number);
  auto exponent_text = number.substr(e + 1);
  if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
  const auto exponent = whole_number<int>(exponent_text);
  if (!exponent || *exponent < -exponent_max || *exponent > exponent_max) {
    return std::string(number);
  }
  auto mantissa = number.substr(0, e);
  const bool negative = mantissa.starts_with('-');
  if (negative) mantissa.remove_prefix(1);
  const auto point = std::min(mantissa.find('.'), mantissa.size());
  std::string digits(mantissa.substr(0, point));
  if (point < mantissa.size()) digits += mantissa.substr(point + 1);
  auto place = static_cast<int>(point) + *exponent;  // of the point, in the digits
  if (place < 1) {
    digits.insert(0, static_cast<std::size_t>(1 - place), '0');
    place = 1;
  }
  const auto whole = static_cast<std::size_t>(place);
  if (digits.size() < whole) digits.append(whole - digits.size(), '0');
  if (digits.size() > whole) digits.insert(whole, 1, '.');
  return (negative ? "-" : "") + digits;
}

}  // namespace

Result<Money> money_in(const JsonValue& value, std::string_view name) {
  const auto amount = value["amount"].scalar();
  const auto code = value["code"].text();
  if (!amount || !code) {
    return failure(Remedy::reject, fmt::format("{0} lacks an amount or a code; expected "
                                               "\"{0}\":{{\"amount\":\"15.99\",\"code\":\"USD\"}}",
                                               name));
  }
  const bool is_number = value["amount"].is(JsonKind::number);
  auto money = parse_money(is_number ? plain_decimal(*amount) : std::string(*amount), *code);
  if (!money) return propagate(std::move(money), name);
  return money;
}

}  // namespace gatehouse::sync
