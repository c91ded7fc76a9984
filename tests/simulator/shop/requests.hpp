#pragma once

#include <string>
#include <string_view>

#include "store/values/time.hpp"
#include "tests/simulator/random.hpp"
#include "tests/simulator/shop/plan.hpp"

namespace gatehouse::simulator {

/// The body of POST /v1/identity/scan for this key (FAQ; connectors.md 4.1).
[[nodiscard]] std::string scan_request(const std::string& store_id, const TripPlan& trip,
                                       const std::string& key, Random& ids, WallTime now);

/// What a scan of the trip's key was answered, for the cart to carry on. Empty: no scan succeeded.
struct ScanResult {
  std::string id;
  std::string type;
};

/// Everything of a cart that stays the same when it is sent again.
struct CartOccasion {
  ScanResult scan{};
  std::string auth_event_id{};
  std::string second_auth_event_id{};
  WallTime ended_at{};
};

/// The body of POST /v1/order/purchases (connectors.md 2.1). Amazon makes a new requestId for each
/// request, so a retry differs from the first try by that alone.
[[nodiscard]] std::string cart_request(const std::string& store_id, const TripPlan& trip,
                                       const CartOccasion& occasion, std::string_view request_id);

}  // namespace gatehouse::simulator
