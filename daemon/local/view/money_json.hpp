#pragma once

#include <nlohmann/json_fwd.hpp>

#include "store/values/money.hpp"

namespace gatehouse::local {

/// The amount of {"amount":"15.99","code":"USD",…}: the amount in quotes, so that no double is
/// near. Remedy::reject says what was expected. That it is not negative is the ledger's rule.
[[nodiscard]] Result<Money> money_in(const nlohmann::ordered_json& body);

}  // namespace gatehouse::local
