#pragma once

#include <string>
#include <unordered_set>

#include "daemon/http/exchange.hpp"
#include "store/time.hpp"
#include "tests/simulator/signature.hpp"
#include "tests/simulator/world/effects.hpp"
#include "tests/simulator/world/outages.hpp"

namespace gatehouse::simulator {

/// Amazon's JWO payment service, by services.md 2.1-2.3 and 2.5: adjust, capture, cancel and
/// transactional data behind API Gateway, which checks every signature first. Every trip is known
/// but those named in forget(). What Amazon does not document (a second capture, a capture after a
/// cancel) is answered 200 and counted as a violation. One thread.
class Payments {
 public:
  Payments(std::string store_id, SigningScope scope, const Clock& clock, Effects& effects);

  [[nodiscard]] static bool serves(std::string_view path);
  /// `verdict` is what the issuer says to an adjust; an amount of 999999.99 is declined always, as
  /// in Amazon's own test case.
  [[nodiscard]] http::Answer answer(const http::Request& request, Verdict verdict);
  /// From now on this trip is an UnknownShoppingTrip.
  void forget(const std::string& trip_id) { unknown_trips_.insert(trip_id); }

 private:
  [[nodiscard]] std::optional<http::Answer> refusal(const http::Request& request);
  http::Answer bad_request(std::string_view name);
  http::Answer adjust(const std::string& trip_id, const Money& amount, Verdict verdict);
  http::Answer transactional_data(const std::string& trip_id) const;

  std::string store_id_;
  SigningScope scope_;
  const Clock& clock_;
  Effects& effects_;
  std::unordered_set<std::string> unknown_trips_;
};

}  // namespace gatehouse::simulator
