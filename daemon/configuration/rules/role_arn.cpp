#include "daemon/configuration/rules/role_arn.hpp"

#include <algorithm>
#include <cstddef>

#include "store/values/text/ascii.hpp"

namespace gatehouse::configuration {

bool is_role_arn(std::string_view arn) {
  constexpr std::size_t length_min = 20;
  constexpr std::size_t length_max = 2048;
  constexpr std::size_t account_digits = 12;
  constexpr std::string_view before_account = ":iam::";
  if (!arn.starts_with("arn:aws") || arn.size() < length_min || arn.size() > length_max) {
    return false;
  }
  const auto at = arn.find(before_account);
  if (at == std::string_view::npos) return false;
  const auto account = arn.substr(at + before_account.size());
  const auto digits = account.substr(0, account_digits);
  const auto is_of_an_arn = [](char c) {
    return is_letter_or_digit(c) || std::string_view{":/_+=,.@-"}.contains(c);
  };
  return digits.size() == account_digits && std::ranges::all_of(digits, is_digit) &&
         account.substr(account_digits).starts_with(":role/") &&
         std::ranges::all_of(arn, is_of_an_arn);
}

}  // namespace gatehouse::configuration
