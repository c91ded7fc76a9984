#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "daemon/http/exchange.hpp"
#include "store/values/time.hpp"
#include "tests/simulator/world/amazon/api_gateway.hpp"
#include "tests/simulator/world/effects.hpp"
#include "tests/simulator/world/outages.hpp"

namespace gatehouse::simulator {

/// Amazon's JWO checkout service, by services.md 3: takes a priced cart once per trip and answers
/// 201 {"orderId"}. Inference, not documented: the error body is {"errorMsg": name}; a repetition
/// is answered like the first one, with other contents too, which is counted as a violation. One
/// thread.
class Checkout {
 public:
  Checkout(std::string store_id, SigningScope scope, const Clock& clock, Effects& effects);

  [[nodiscard]] http::Answer answer(const http::Request& request, Verdict verdict);
  /// From now on this trip is an UnknownShoppingTripException.
  void forget(const std::string& trip_id) { unknown_trips_.insert(trip_id); }

 private:
  http::Answer refuse(std::string_view name);

  struct Order {
    std::string sha256;
    http::Answer answer;
  };
  std::string store_id_;
  ApiGateway gateway_;
  Effects& effects_;
  std::unordered_set<std::string> unknown_trips_;
  std::unordered_map<std::string, Order> orders_;  // by trip
};

}  // namespace gatehouse::simulator
