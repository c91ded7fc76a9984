#include "tests/simulator/world/endpoint.hpp"

#include <nlohmann/json.hpp>

namespace gatehouse::simulator {

std::string trip_in(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object()) return {};
  for (const auto* name : {"idempotentShoppingTripId", "shoppingTripId", "tripId"}) {
    const auto found = json.find(name);
    if (found != json.end() && found->is_string()) return found->get<std::string>();
  }
  return {};
}

}  // namespace gatehouse::simulator
