#pragma once

#include <string_view>

#include "store/values/money.hpp"
#include "sync/transport/json_document.hpp"

namespace gatehouse::sync {

/// The amount of an object such as {"amount":15.99,"code":"USD"}, exactly: as a JSON number, in
/// whatever form (1599E-2), or as a string, which has no exponent. `name` is what it is called
/// where it stands, for the error. Remedy::reject says what is wrong with it.
[[nodiscard]] Result<Money> money_in(const JsonValue& value, std::string_view name);

}  // namespace gatehouse::sync
