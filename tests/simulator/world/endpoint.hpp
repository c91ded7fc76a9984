#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "tests/simulator/world/outages.hpp"

namespace gatehouse::simulator {

/// Everything that the world serves to a box.
enum class Endpoint {
  changes,
  purchases,
  records,
  scan,
  adjust,
  capture,
  cancel,
  refund,
  transactional_data,
  shopper_identity,
  payment_status,
  carts,
};
inline constexpr std::size_t endpoint_count = 12;

struct EndpointRoute {
  std::string_view path;
  Endpoint endpoint;
  Target target;          ///< the service that it is a part of
  std::string_view name;  ///< below its service, in a scenario
};
/// In the order of Endpoint. Which host of Amazon's serves payment-status is not published
/// (services.md 1.1); here it is the payment service's.
inline constexpr std::array<EndpointRoute, endpoint_count> endpoint_routes{{
    {"/shoppers/_changes", Endpoint::changes, Target::feed, "changes"},
    {"/v1/order/purchases", Endpoint::purchases, Target::cloud, "purchases"},
    {"/v1/payments/records", Endpoint::records, Target::cloud, "records"},
    {"/v1/identity/scan", Endpoint::scan, Target::cloud, "scan"},
    {"/v1/adjust/charge", Endpoint::adjust, Target::payments, "adjust"},
    {"/v1/capture/charge", Endpoint::capture, Target::payments, "capture"},
    {"/v1/cancel/charge", Endpoint::cancel, Target::payments, "cancel"},
    {"/v1/refund", Endpoint::refund, Target::payments, "refund"},
    {"/v1/payment/transactional-data", Endpoint::transactional_data, Target::payments,
     "transactional_data"},
    {"/v1/identity/shopper", Endpoint::shopper_identity, Target::payments, "shopper_identity"},
    {"/v1/feedback/payment-status", Endpoint::payment_status, Target::payments, "payment_status"},
    {"/v1/checkout/carts", Endpoint::carts, Target::checkout, "carts"},
}};

[[nodiscard]] constexpr const EndpointRoute& route_of(Endpoint endpoint) {
  return endpoint_routes[static_cast<std::size_t>(endpoint)];
}
/// nullptr where nothing is served.
[[nodiscard]] constexpr const EndpointRoute* route_of(std::string_view path) {
  for (const auto& route : endpoint_routes) {
    if (route.path == path) return &route;
  }
  return nullptr;
}

/// The trip that a request is about, by any of the names that cloud and JWO use for it; '' where it
/// names none.
[[nodiscard]] std::string trip_in(std::string_view body);

}  // namespace gatehouse::simulator
