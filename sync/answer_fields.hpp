#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "store/money.hpp"

namespace gatehouse::sync {

/// The strings and numbers of a JSON object and of the objects right inside it, by path: "status",
/// "charge.amount". A number keeps the characters that were sent, so that money never passes
/// through a double. What lies deeper or in arrays is checked for syntax and left out; unknown
/// fields cost nothing (services.md 1.3: new attributes may be added).
class AnswerFields {
 public:
  /// nullopt: not a JSON object. Any bytes are safe to give.
  [[nodiscard]] static std::optional<AnswerFields> read(std::string_view body);

  /// nullopt: not there, or neither a string nor a number.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view path) const;
  [[nodiscard]] bool has_object(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> fields_;  ///< an object itself: name -> "{"
};

/// The amount `{"amount":15.99,"code":"USD"}` (a number or a string) in the object `name`.
/// Remedy::reject says what is wrong with it.
[[nodiscard]] Result<Money> money_in(const AnswerFields& fields, std::string_view name);

}  // namespace gatehouse::sync
