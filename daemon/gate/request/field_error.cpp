#include "daemon/gate/request/field_error.hpp"

#include "store/values/text/ascii.hpp"

namespace gatehouse::gate {

std::string_view plain_name(std::string_view text) {
  constexpr std::size_t name_max = 16;
  constexpr int digits_max = 5;
  if (text.size() > name_max) return "";
  int digits = 0;
  for (const char c : text) {
    if (is_digit(c)) ++digits;
    if (!is_of_name(c) || digits > digits_max) return "";
  }
  return text;
}

std::string FieldError::message() const {
  std::string text = field;
  text.append(" ").append(came).append("; expected ").append(expected);
  return text;
}

std::string FieldError::logged() const {
  if (value.empty()) return message();
  std::string text = field;
  text.append(" ").append(came).append(" (").append(value).append("); expected ").append(expected);
  return text;
}

}  // namespace gatehouse::gate
