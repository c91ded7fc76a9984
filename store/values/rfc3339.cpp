#include "store/values/rfc3339.hpp"

#include <fmt/format.h>

#include <cstddef>

#include "store/values/text/ascii.hpp"

namespace gatehouse {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;

/// What is left of the text; every take_… removes what it reads from the front.
struct Cursor {
  std::string_view rest;

  bool take(char expected) {
    if (!rest.starts_with(expected)) return false;
    rest.remove_prefix(1);
    return true;
  }
  /// Capital or small, as RFC 3339 allows for T and Z.
  bool take_letter(char capital) {
    return take(capital) || take(static_cast<char>(capital - 'A' + 'a'));
  }
  /// Exactly `count` digits, worth 0 to `highest`.
  std::optional<int> take_number(std::size_t count, int highest) {
    if (rest.size() < count) return std::nullopt;
    int number = 0;
    for (const char character : rest.substr(0, count)) {
      if (!is_digit(character)) return std::nullopt;
      number = number * 10 + (character - '0');
    }
    if (number > highest) return std::nullopt;
    rest.remove_prefix(count);
    return number;
  }
};

std::optional<sys_days> take_date(Cursor& cursor) {
  const auto year = cursor.take_number(4, 9999);
  if (!year || !cursor.take('-')) return std::nullopt;
  const auto month = cursor.take_number(2, 12);
  if (!month || !cursor.take('-')) return std::nullopt;
  const auto day = cursor.take_number(2, 31);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date};
}

/// `.` and digits, or nothing.
std::optional<milliseconds> take_fraction(Cursor& cursor) {
  if (!cursor.take('.')) return milliseconds{0};
  int thousandths = 0;
  std::size_t count = 0;
  for (; count < cursor.rest.size() && is_digit(cursor.rest[count]); ++count) {
    if (count < 3) thousandths = thousandths * 10 + (cursor.rest[count] - '0');
  }
  if (count == 0) return std::nullopt;
  for (std::size_t missing = count; missing < 3; ++missing) thousandths *= 10;
  cursor.rest.remove_prefix(count);
  return milliseconds{thousandths};
}

std::optional<minutes> take_offset(Cursor& cursor) {
  if (cursor.take_letter('Z')) return minutes{0};
  const bool ahead = cursor.take('+');
  if (!ahead && !cursor.take('-')) return std::nullopt;
  const auto hour = cursor.take_number(2, 23);
  if (!hour) return std::nullopt;
  // "+00:00"; ISO 8601 has "+0000" and "+00" as well.
  const bool has_minute = cursor.take(':') || !cursor.rest.empty();
  const auto minute = has_minute ? cursor.take_number(2, 59) : 0;
  if (!minute) return std::nullopt;
  const minutes offset = hours{*hour} + minutes{*minute};
  return ahead ? offset : -offset;
}

/// Leap seconds are put in at the end of a month only.
bool may_have_leap_second(std::chrono::sys_time<minutes> minute) {
  const auto next = minute + minutes{1};
  const auto midnight = std::chrono::floor<days>(next);
  return next == midnight && std::chrono::year_month_day{midnight}.day() == std::chrono::day{1};
}

}  // namespace

std::string rfc3339(WallTime time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int{date.year()},
                     unsigned{date.month()}, unsigned{date.day()}, clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  Cursor cursor{text};
  const auto date = take_date(cursor);
  if (!date || !cursor.take_letter('T')) return std::nullopt;
  const auto hour = cursor.take_number(2, 23);
  if (!hour || !cursor.take(':')) return std::nullopt;
  const auto minute = cursor.take_number(2, 59);
  if (!minute) return std::nullopt;

  std::optional<int> second = 0;
  std::optional<milliseconds> fraction = milliseconds{0};
  if (cursor.take(':')) {
    second = cursor.take_number(2, 60);
    fraction = take_fraction(cursor);
  }
  const auto offset = take_offset(cursor);
  if (!second || !fraction || !offset || !cursor.rest.empty()) return std::nullopt;

  const auto utc_minute = *date + hours{*hour} + minutes{*minute} - *offset;
  if (*second == 60 && !may_have_leap_second(utc_minute)) return std::nullopt;
  return utc_minute + seconds{*second} + *fraction;
}

}  // namespace gatehouse
