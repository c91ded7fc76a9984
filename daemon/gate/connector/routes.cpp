#include "daemon/gate/connector/routes.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "store/values/nearest.hpp"

namespace gatehouse::gate {
namespace {

struct Route {
  std::string_view path;
  Connector connector;
};

constexpr Route routes[] = {
    {"/v1/identity/scan", Connector::scan},
    {"/v1/identity/identity-keys", Connector::identity_keys},
    {"/v1/identity/scan/details", Connector::scan_details},
    {"/v1/order/purchases", Connector::purchases},
    {"/v1/fraudandabuse/shopperauthorization", Connector::shopper_authorization},
};

constexpr std::size_t compared_characters_max = 128;

}  // namespace

std::string_view path_of(Connector connector) {
  return std::ranges::find(routes, connector, &Route::connector)->path;
}

std::optional<Connector> find_connector(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return std::nullopt;
  path.remove_prefix(prefix.size());
  const auto* const route = std::ranges::find(routes, path, &Route::path);
  if (route == std::end(routes)) return std::nullopt;
  return route->connector;
}

std::string_view nearest_route(std::string_view path) {
  if (path.size() > compared_characters_max) {
    path.remove_prefix(path.size() - compared_characters_max);
  }
  return std::ranges::min(routes, {},
                          [path](const Route& route) { return edit_distance(path, route.path); })
      .path;
}

}  // namespace gatehouse::gate
