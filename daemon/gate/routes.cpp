#include "daemon/gate/routes.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

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

/// Levenshtein's distance, one row of the table at a time.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

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
                          [path](const Route& route) { return distance(path, route.path); })
      .path;
}

}  // namespace gatehouse::gate
