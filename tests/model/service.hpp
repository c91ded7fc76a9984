#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sync/transport/transport.hpp"
#include "tests/model/plan.hpp"

namespace gatehouse::sync::model {

/// Amazon's services, as they are behind everything that may happen on the way: each capture that
/// reaches the payment service charges, whatever came before; a trip is checked out once.
class Service {
 public:
  Service(const Plan& plan, const Clock& world) : plan_(plan), world_(world) {}

  Reply handle(const Request& request);

  struct Account {
    std::vector<std::string> captures;  ///< "15.99 USD": the effects
    SteadyTime captured_at;             ///< the first one
    int cancels = 0;
    std::map<std::string, std::string> refunds;  ///< by refundRequestId
    int checkouts = 0;                           ///< that charged: 1 at most
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
  /// What its payments desk says to a record.
  using Desk = std::function<std::string(const Request& record)>;
  /// Whether another ledger has charged the trip of a cart; nullopt: it does not say.
  using Elsewhere = std::function<std::optional<bool>(const Request& cart)>;
  Retailer(const Plan& plan, Desk desk, Elsewhere elsewhere)
      : plan_(plan), desk_(std::move(desk)), elsewhere_(std::move(elsewhere)) {}
  Reply handle(const Request& request);
  [[nodiscard]] bool has(const std::string& key) const { return answers_.contains(key); }

 private:
  const Plan& plan_;
  Desk desk_;
  Elsewhere elsewhere_;
  [[nodiscard]] std::string answer_to(const Request& cart) const;
  [[nodiscard]] std::string answer_about_elsewhere(const Request& cart) const;
  std::map<std::string, std::string> answers_;  ///< by idempotency key
};

[[nodiscard]] const TripPlan& plan_of(const Plan& plan, const std::string& trip_id);

}  // namespace gatehouse::sync::model
