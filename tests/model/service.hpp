#pragma once

#include <map>
#include <string>
#include <vector>

#include "sync/transport/transport.hpp"
#include "tests/model/plan.hpp"

namespace gatehouse::sync::model {

/// Amazon's payment service, as it is behind everything that may happen on the way: each capture
/// that reaches it charges, whatever came before.
class Service {
 public:
  Service(const Plan& plan, const Clock& world) : plan_(plan), world_(world) {}

  Reply handle(const Request& request);

  struct Account {
    std::vector<std::string> captures;  ///< "15.99 USD": the effects
    SteadyTime captured_at;             ///< the first one
    int cancels = 0;
    std::map<std::string, std::string> refunds;  ///< by refundRequestId
  };
  [[nodiscard]] Account account(const std::string& trip_id) const;
  [[nodiscard]] int effects(const std::string& trip_id) const;

 private:
  [[nodiscard]] Reply data_of(const std::string& trip_id) const;

  const Plan& plan_;
  const Clock& world_;
  std::map<std::string, Account> accounts_;
};

/// The retailer's cloud: has an effect once a key, and replays its answers by it, as stock
/// middleware does.
class Retailer {
 public:
  explicit Retailer(const Plan& plan) : plan_(plan) {}
  Reply handle(const Request& request);
  [[nodiscard]] bool has(const std::string& key) const { return answers_.contains(key); }

 private:
  const Plan& plan_;
  [[nodiscard]] std::string answer_to(const Request& cart) const;
  std::map<std::string, std::string> answers_;  ///< by idempotency key
};

[[nodiscard]] const TripPlan& plan_of(const Plan& plan, const std::string& trip_id);

}  // namespace gatehouse::sync::model
