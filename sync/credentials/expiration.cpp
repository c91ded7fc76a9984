#include "sync/credentials/expiration.hpp"

#include <algorithm>
#include <string>

#include "store/values/rfc3339.hpp"
#include "store/values/text/ascii.hpp"
#include "store/values/whole_number.hpp"

namespace gatehouse::sync {
namespace {

using std::chrono::seconds;

constexpr std::size_t epoch_digits_max = 11;  // to the year 5138; milliseconds have 13

// botocore prints a blank for the T. Parts of a second are left out: keys are used until before it.
std::optional<WallTime> read_iso(std::string_view text) {
  constexpr std::size_t date_size = std::string_view("2018-01-02").size();
  std::string usual(text);
  if (usual.size() > date_size && usual[date_size] == ' ') usual[date_size] = 'T';
  const auto time = parse_rfc3339(usual);
  if (!time) return std::nullopt;
  return std::chrono::floor<seconds>(*time);
}

// By its digits alone: "1.514869445E9" is 1 and then nine digits.
std::optional<WallTime> read_epoch(std::string_view text) {
  const auto mantissa = text.substr(0, text.find_first_of("eE"));
  std::size_t exponent = 0;
  if (mantissa.size() < text.size()) {
    auto power = text.substr(mantissa.size() + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto number = whole_number<std::size_t>(power);
    if (!number) return std::nullopt;
    exponent = *number;
  }
  const auto point = std::min(mantissa.find('.'), mantissa.size());
  std::string digits(mantissa.substr(0, point));
  if (digits.empty() || exponent > epoch_digits_max) return std::nullopt;
  const auto whole_digits = digits.size() + exponent;
  if (point < mantissa.size()) digits += mantissa.substr(point + 1);
  if (whole_digits > epoch_digits_max || !std::ranges::all_of(digits, is_digit)) {
    return std::nullopt;
  }
  digits.resize(whole_digits, '0');
  return WallTime{seconds{whole_number(digits).value_or(0)}};
}

}  // namespace

std::optional<WallTime> read_expiration(std::string_view text) {
  return text.contains('-') ? read_iso(text) : read_epoch(text);
}

}  // namespace gatehouse::sync
