#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>

#include "daemon/http/exchange.hpp"
#include "store/values/time.hpp"
#include "tests/simulator/signature.hpp"
#include "tests/simulator/world/amazon/api_gateway.hpp"
#include "tests/simulator/world/amazon/payment_request.hpp"
#include "tests/simulator/world/effects.hpp"
#include "tests/simulator/world/outages.hpp"
#include "tests/simulator/world/scenario.hpp"

namespace gatehouse::simulator {

/// Where Amazon's word ends and a scenario decides.
struct PaymentRules {
  bool capture_deduplicates = false;
  RefundAnswer refund_answer = RefundAnswer::empty;
};

/// Amazon's JWO payment service, by services.md 2 and 5: adjust, capture, cancel, refund,
/// transactional data, shopper identity and the report of a payment's status, behind API Gateway.
/// Every trip is known but those named in forget(). What Amazon does not document (a second
/// capture, a capture after a cancel) is answered 200 and counted as a violation. Inference, not
/// documented: a refund of more than was captured is a BadRequestException; a report that more was
/// settled than owed is "Rejected"; a shopper whose id begins with "unknown" has no e-mail. One
/// thread.
class Payments {
 public:
  Payments(std::string store_id, SigningScope scope, const Clock& clock, Effects& effects,
           PaymentRules rules = {});

  [[nodiscard]] static bool serves(std::string_view path);
  /// `verdict` is what is said to a call that is well formed; an adjust of 999999.99 is declined
  /// always, as in Amazon's own test case.
  [[nodiscard]] http::Answer answer(const http::Request& request, Verdict verdict);
  void obey(const PaymentRules& rules) { rules_ = rules; }
  /// From now on this trip is an UnknownShoppingTrip.
  void forget(const std::string& trip_id) { unknown_trips_.insert(trip_id); }

 private:
  http::Answer bad_request(std::string_view name);
  /// The error for a call about this trip, if it is one.
  [[nodiscard]] std::string_view fault_of(const std::string& store_id, const std::string& trip_id,
                                          Verdict verdict) const;
  http::Answer charge(std::string_view path, const http::Request& request, Verdict verdict);
  http::Answer adjust(const std::string& trip_id, const Money& amount, Verdict verdict);
  http::Answer capture(const std::string& trip_id, const Money& amount);
  http::Answer refund(const http::Request& request, Verdict verdict);
  http::Answer shopper_identity(const http::Request& request);
  http::Answer payment_status(const http::Request& request, Verdict verdict);
  http::Answer transactional_data(const std::string& trip_id) const;

  std::string store_id_;
  ApiGateway gateway_;
  Effects& effects_;
  PaymentRules rules_;
  std::unordered_set<std::string> unknown_trips_;
  std::unordered_map<std::string, http::Answer> refunds_;  // by refundRequestId
};

}  // namespace gatehouse::simulator
