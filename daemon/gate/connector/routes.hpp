#pragma once

#include <optional>
#include <string_view>

namespace gatehouse::gate {

/// The connectors that are served. One more is a row in routes.cpp and a case in gate.cpp.
enum class Connector { scan, identity_keys, scan_details, purchases, shopper_authorization };

/// Every connector is called by POST (connectors.md 1).
inline constexpr std::string_view connector_method = "POST";

/// Where Amazon calls it, below gate.path_prefix.
[[nodiscard]] std::string_view path_of(Connector connector);

/// The connector on exactly this path, without query. `prefix` is what the onboarded URL has in
/// front of it (a stage or base path): '' or "/prod".
[[nodiscard]] std::optional<Connector> find_connector(std::string_view path,
                                                      std::string_view prefix = {});

/// The path of a connector that was probably meant, for the log line of a 404: the one that takes
/// the fewest single-character changes. Only the last 128 characters count, so that a long stage or
/// base path in front costs nothing.
[[nodiscard]] std::string_view nearest_route(std::string_view path);

}  // namespace gatehouse::gate
