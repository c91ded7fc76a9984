#pragma once

#include <string>
#include <string_view>

namespace gatehouse::gate {

/// The text where it is letters, digits, _ and - alone, at most 16, with at most five digits in
/// all, as the values of an enumeration are: no key, card or address. '' where it may be one.
[[nodiscard]] std::string_view plain_name(std::string_view text);

/// Why a request is answered with 400: which field, what came, what was expected. What it says
/// never has the value that came, so that it may be answered and logged.
struct FieldError {
  std::string field;          ///< "shoppingTrip.authEvents[0].id"; "body" for the whole
  std::string_view came;      ///< a literal that goes on after the field: "is missing"
  std::string_view expected;  ///< a literal: "a UUID"
  /// Of a value that the configuration can admit, for the log alone: what came, where it is a plain
  /// name (plain_name()).
  std::string value{};

  /// "shoppingTrip.authEvents[0].id is missing; expected a UUID"
  [[nodiscard]] std::string message() const;
  /// The same with the value: "keyChannel has another value (NFC); expected …".
  [[nodiscard]] std::string logged() const;

  bool operator==(const FieldError&) const = default;
};

}  // namespace gatehouse::gate
