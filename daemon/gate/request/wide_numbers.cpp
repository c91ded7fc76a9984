#include "daemon/gate/request/wide_numbers.hpp"

#include <algorithm>
#include <cstddef>

namespace gatehouse::gate {
namespace {

bool take_digits(std::string_view& rest) {
  const auto count = std::min(rest.find_first_not_of("0123456789"), rest.size());
  rest.remove_prefix(count);
  return count > 0;
}

bool take_any_of(std::string_view& rest, std::string_view characters) {
  if (rest.empty() || !characters.contains(rest.front())) return false;
  rest.remove_prefix(1);
  return true;
}

/// Just behind the string that opens at `start`.
std::size_t end_of_string(std::string_view json, std::size_t start) {
  std::size_t place = start + 1;
  while (place < json.size() && json[place] != '"') place += json[place] == '\\' ? 2U : 1U;
  return std::min(place + 1, json.size());
}

/// Calls `found` with place and length of each well-formed number outside of strings, in order.
template <class Found>
void each_number(std::string_view json, Found found) {
  std::size_t place = 0;
  while ((place = json.find_first_of("\"-0123456789", place)) != std::string_view::npos) {
    if (json[place] == '"') {
      place = end_of_string(json, place);
      continue;
    }
    const auto end = std::min(json.find_first_not_of("+-.eE0123456789", place), json.size());
    if (is_json_number(json.substr(place, end - place))) found(place, end - place);
    place = end;
  }
}

}  // namespace

bool is_json_number(std::string_view text) {
  take_any_of(text, "-");
  if (!take_any_of(text, "0") && !take_digits(text)) return false;
  if (take_any_of(text, ".") && !take_digits(text)) return false;
  if (take_any_of(text, "eE")) {
    take_any_of(text, "+-");
    if (!take_digits(text)) return false;
  }
  return text.empty();
}

std::string with_narrow_numbers(std::string_view json) {
  std::string narrowed(json);
  each_number(json, [&](std::size_t place, std::size_t length) {
    narrowed.replace(place, length, length, ' ');
    narrowed[place] = '0';
  });
  return narrowed;
}

std::string with_quoted_numbers(std::string_view json) {
  std::string quoted;
  quoted.reserve(json.size() + 64);
  std::size_t copied = 0;
  each_number(json, [&](std::size_t place, std::size_t length) {
    quoted.append(json, copied, place - copied).append(1, '"');
    quoted.append(json, place, length).append(1, '"');
    copied = place + length;
  });
  return quoted.append(json, copied);
}

}  // namespace gatehouse::gate
