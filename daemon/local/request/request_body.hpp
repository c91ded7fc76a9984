#pragma once

#include <string>
#include <string_view>

#include "store/values/money.hpp"
#include "store/values/result.hpp"
#include "sync/transport/json_document.hpp"

namespace gatehouse::local {

/// The JSON object that a request brings; one without a body is {}. Remedy::reject: it is none,
/// says something twice or passes a limit of JsonDocument.
[[nodiscard]] Result<sync::JsonDocument> read_body(std::string_view body);

/// The amount of {"amount":"15.99","code":"USD",…}: the amount in quotes, so that no double is
/// near. Remedy::reject says what was expected. That it is not negative is the ledger's rule.
[[nodiscard]] Result<Money> money_in(const sync::JsonDocument& body);

/// Who says so, of {"by":"Ann",…}: one line of at most 128 printable characters. Remedy::reject:
/// nobody is named.
[[nodiscard]] Result<std::string> name_in(const sync::JsonDocument& body);

}  // namespace gatehouse::local
