#pragma once

#include <string>
#include <string_view>

namespace gatehouse::gate {

/// Why a request is answered with 400: which field, what came, what was expected. It never carries
/// the value that came, so that it may be answered and logged.
struct FieldError {
  std::string field;          ///< "shoppingTrip.authEvents[0].id"; "body" for the whole
  std::string_view came;      ///< a literal that goes on after the field: "is missing"
  std::string_view expected;  ///< a literal: "a UUID"

  /// "shoppingTrip.authEvents[0].id is missing; expected a UUID"
  [[nodiscard]] std::string message() const;

  bool operator==(const FieldError&) const = default;
};

}  // namespace gatehouse::gate
