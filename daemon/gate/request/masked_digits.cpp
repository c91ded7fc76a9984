#include "daemon/gate/request/masked_digits.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>

#include "store/values/text/ascii.hpp"

namespace gatehouse::gate {
namespace {

constexpr std::size_t digits_min = 13;
constexpr std::size_t digits_max = 19;

/// What makes a run in groups a part of something longer. With that, no part of a UUID is one: of
/// its groups only three are of four, and a letter stands right beside what is left of the others.
bool joins(char c) {
  return is_letter_or_digit(c);
}

/// What may stand between groups; the last is a no-break space.
constexpr std::array<std::string_view, 5> separators{" ", "-", ".", "\t", "\xC2\xA0"};

std::string_view separator_at(std::string_view text, std::size_t place) {
  for (const std::string_view separator : separators) {
    if (text.substr(place).starts_with(separator)) return separator;
  }
  return {};
}

std::size_t end_of_digits(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end;
}

/// Of the digits in `run`; whatever is between them does not count.
bool is_right_by_luhn(std::string_view run) {
  int sum = 0;
  bool doubled = false;
  for (std::size_t i = run.size(); i-- > 0;) {
    if (!is_digit(run[i])) continue;
    const int digit = run[i] - '0';
    const int weighed = doubled ? 2 * digit : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
    doubled = !doubled;
  }
  return sum % 10 == 0;
}

/// Where a run ends that begins at `begin` and has groups of these lengths; nullopt: it has not.
std::optional<std::size_t> end_of_groups(std::string_view text, std::size_t begin,
                                         std::initializer_list<std::size_t> lengths) {
  std::size_t place = begin;
  std::string_view separator;
  for (const std::size_t length : lengths) {
    if (place != begin) {
      const std::string_view between = separator_at(text, place);
      if (between.empty() || (!separator.empty() && between != separator)) return std::nullopt;
      separator = between;
      place += separator.size();
    }
    const std::size_t end = end_of_digits(text, place);
    if (end - place != length) return std::nullopt;
    place = end;
  }
  if (place < text.size() && joins(text[place])) return std::nullopt;
  return place;
}

std::optional<std::size_t> end_of_printed_number(std::string_view text, std::size_t begin) {
  if (begin > 0 && joins(text[begin - 1])) return std::nullopt;
  // The longer forms first: each of them begins with a shorter one.
  for (const auto& lengths : {std::initializer_list<std::size_t>{4, 4, 4, 4, 3},
                              {4, 4, 4, 4, 2},
                              {4, 4, 4, 4, 1},
                              {4, 4, 4, 4},
                              {4, 6, 5},
                              {4, 6, 4}}) {
    const auto end = end_of_groups(text, begin, lengths);
    if (end && is_right_by_luhn(text.substr(begin, *end - begin))) return end;
  }
  return std::nullopt;
}

}  // namespace

std::string with_masked_card_numbers(std::string_view text) {
  std::string masked(text);
  const auto mask = [&masked](std::size_t begin, std::size_t end) {
    std::replace_if(masked.begin() + static_cast<std::ptrdiff_t>(begin),
                    masked.begin() + static_cast<std::ptrdiff_t>(end), is_digit, '*');
  };
  std::size_t place = 0;
  while ((place = text.find_first_of("0123456789", place)) != std::string_view::npos) {
    const std::size_t end = end_of_digits(text, place);
    const std::size_t length = end - place;
    if (length >= digits_min && length <= digits_max) {
      if (is_right_by_luhn(text.substr(place, length))) mask(place, end);
    } else if (const auto printed = end_of_printed_number(text, place)) {
      mask(place, *printed);
      place = *printed;
      continue;
    }
    place = end;
  }
  return masked;
}

}  // namespace gatehouse::gate
