#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "store/values/money.hpp"

namespace gatehouse::sync {

/// The strings and numbers of a JSON object by their path, "status" or "charge.amount", down to
/// depth_max objects. A number keeps the characters that were sent, so that money never passes
/// through a double. What lies deeper or in arrays is checked for syntax and left out; unknown
/// fields cost nothing (services.md 1.3: new attributes may be added).
class AnswerFields {
 public:
  /// nullopt: not a JSON object. Any bytes are safe to give.
  [[nodiscard]] static std::optional<AnswerFields> read(std::string_view body);

  /// nullopt: not there, or neither a string nor a number.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view path) const;
  [[nodiscard]] bool has_object(std::string_view path) const;
  /// Whether a member of the object itself, whatever its name, has this text as its value; '' is
  /// nobody's.
  [[nodiscard]] bool has_at_top(std::string_view text) const;

  /// Whether an API gateway or a service says in it that something went wrong: errorMsg, message.
  [[nodiscard]] bool names_an_error() const;

  static constexpr std::size_t depth_max = 6;
  static constexpr std::size_t key_max_bytes = 128;  ///< a longer one counts as ''
  static constexpr std::size_t values_max = 4096;    ///< what comes after these is left out

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::set<std::string, std::less<>> objects_;
};

/// Nothing, or nothing but blanks.
[[nodiscard]] bool is_blank(std::string_view text);

/// The amount `{"amount":15.99,"code":"USD"}` (a number or a string) in the object `name`.
/// Remedy::reject says what is wrong with it.
[[nodiscard]] Result<Money> money_in(const AnswerFields& fields, std::string_view name);

}  // namespace gatehouse::sync
