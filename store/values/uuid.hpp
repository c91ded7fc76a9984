#pragma once

#include <string_view>

namespace gatehouse {

/// Whether the text is a UUID in its usual form, of any version, capital or small: the expression
/// of connectors.md 4.1 for requestId.
[[nodiscard]] bool is_uuid(std::string_view text);

/// Whether the text begins with a UUID. Amazon's OpenAPI leaves its expression for authEvents[].id
/// open at the end (connectors.md 2.1), so what follows the UUID is not ours to refuse.
[[nodiscard]] bool begins_with_uuid(std::string_view text);

}  // namespace gatehouse
