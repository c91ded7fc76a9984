#include "daemon/gate/call/routes.hpp"

#include <algorithm>

#include "store/values/nearest.hpp"

namespace gatehouse::gate {
namespace {

constexpr std::size_t compared_characters_max = 128;

}  // namespace

std::optional<ConnectorId> find_connector(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return std::nullopt;
  path.remove_prefix(prefix.size());
  const auto* const route = std::ranges::find(routes, path, &Route::path);
  if (route == routes.end()) return std::nullopt;
  return ConnectorId{static_cast<std::size_t>(route - routes.begin())};
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
