#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "daemon/gate/decision/counted.hpp"

namespace gatehouse::gate {

/// Where Amazon calls a connector, below gate.path_prefix, and what is counted of its calls.
struct Route {
  std::string_view path;
  CallNames names;
};
/// Which class answers there. Nobody but make_connector() needs to see it.
template <class Which>
struct Served : Route {};

/// The connectors that are served. One more is one line here; see ARCHITECTURE.md.
inline constexpr std::tuple served{
    Served<class ScanConnector>{{"/v1/identity/scan", scan_names}},
    Served<class IdentityConnector>{{"/v1/identity/identity-keys", identity_names}},
    Served<class DetailsConnector>{{"/v1/identity/scan/details", details_names}},
    Served<class AuthorizationConnector>{
        {"/v1/fraudandabuse/shopperauthorization", authorization_names}},
    Served<class CartConnector>{{"/v1/order/purchases", cart_names}},
};
inline constexpr auto routes = std::apply(
    [](const auto&... each) { return std::array{static_cast<const Route&>(each)...}; }, served);

/// A served connector: its place in `routes`.
enum class ConnectorId : std::size_t {};

template <class Which>
inline constexpr ConnectorId id_of = std::apply(
    [](const auto&... each) {
      std::size_t place = 0;
      (void)((std::is_same_v<decltype(each), const Served<Which>&> || (++place, false)) || ...);
      return ConnectorId{place};
    },
    served);
template <class Which>
inline constexpr std::string_view path_of = std::get<Served<Which>>(served).path;
[[nodiscard]] constexpr const Route& route_of(ConnectorId connector) {
  return routes[std::to_underlying(connector)];
}

/// Every connector is called by POST (connectors.md 1).
inline constexpr std::string_view connector_method = "POST";

/// The connector on exactly this path, without query. `prefix` is what the onboarded URL has in
/// front of it (a stage or base path): '' or "/prod".
[[nodiscard]] std::optional<ConnectorId> find_connector(std::string_view path,
                                                        std::string_view prefix = {});

/// The path of a connector that was probably meant, for the log line of a 404: the one that takes
/// the fewest single-character changes. Only the last 128 characters count, so that a long stage or
/// base path in front costs nothing.
[[nodiscard]] std::string_view nearest_route(std::string_view path);

}  // namespace gatehouse::gate
