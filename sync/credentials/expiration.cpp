#include "sync/credentials/expiration.hpp"
#include "store/values/whole_number.hpp"

#include <algorithm>
#include <string>

namespace gatehouse::sync {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t epoch_digits_max = 11;  // to the year 5138; milliseconds have 13

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A reader of fixed-width text; once something did not fit, all that follows fails too.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  int number(std::size_t digits) {
    int value = 0;
    for (; digits > 0 && well_; --digits) {
      well_ = !rest_.empty() && is_digit(rest_.front());
      if (well_) value = value * 10 + (take() - '0');
    }
    return value;
  }
  void skip(char expected) { well_ = well_ && !rest_.empty() && take() == expected; }
  bool skip_if(std::string_view any_of) {
    if (!well_ || rest_.empty() || !any_of.contains(rest_.front())) return false;
    return take(), true;
  }
  void skip_digits() {
    while (!rest_.empty() && is_digit(rest_.front())) take();
  }
  [[nodiscard]] char next() const { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] bool ended_well() const { return well_ && rest_.empty(); }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
  bool well_ = true;
};

std::optional<WallTime> read_iso(std::string_view text) {
  Reader reader(text);
  const std::chrono::year year{reader.number(4)};
  reader.skip('-');
  const std::chrono::month month{static_cast<unsigned>(reader.number(2))};
  reader.skip('-');
  const std::chrono::day day{static_cast<unsigned>(reader.number(2))};
  if (!reader.skip_if("Tt ")) return std::nullopt;
  const int hour = reader.number(2);
  reader.skip(':');
  const int minute = reader.number(2);
  reader.skip(':');
  const int second = reader.number(2);
  if (reader.skip_if(".")) reader.skip_digits();
  seconds offset{0};
  if (!reader.skip_if("Zz")) {
    const int sign = reader.next() == '-' ? -1 : 1;
    if (!reader.skip_if("+-")) return std::nullopt;
    offset = sign * hours{reader.number(2)};
    reader.skip_if(":");
    if (reader.next() != '\0') offset += sign * minutes{reader.number(2)};
  }
  const std::chrono::year_month_day date{year, month, day};
  if (!reader.ended_well() || !date.ok() || hour > 23 || minute > 59 || second > 60) {
    return std::nullopt;
  }
  return std::chrono::sys_days{date} + hours{hour} + minutes{minute} + seconds{second} - offset;
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
