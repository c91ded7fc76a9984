#pragma once

#include <map>
#include <string>
#include <vector>

#include "sync/transport/transport.hpp"
#include "tests/sync/simulation/trips.hpp"

namespace gatehouse::sync::simulation {

/// The retailer's cloud: has an effect once for each idempotency key, and counts all it sees.
class Cloud {
 public:
  explicit Cloud(const TripPlans& plans) : plans_(plans) {}

  Reply handle(const Request& request);

  struct Effect {
    std::string path;
    std::string trip_id;
    std::string body;
    Request request;  ///< the first that came
    int times_sent = 0;
  };
  /// By idempotency key, for what was taken.
  [[nodiscard]] const std::map<std::string, Effect>& effects() const { return effects_; }
  /// The body of the trip's record, of payment records the one that counts; '' if there is none.
  [[nodiscard]] std::string cart_of(const std::string& trip_id) const;
  [[nodiscard]] std::string payment_record_of(const std::string& trip_id) const;
  /// What no correct box does: the same key with other bytes, a record before its cart.
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
  /// Trip ids in the order in which their carts were taken.
  [[nodiscard]] const std::vector<std::string>& order() const { return order_; }

  [[nodiscard]] static std::string header(const Request& request, std::string_view name);

 private:
  [[nodiscard]] std::string body_of(const std::string& trip_id, std::string_view path) const;

  const TripPlans& plans_;
  std::map<std::string, Effect> effects_;
  std::vector<std::string> order_;
  std::vector<std::string> complaints_;
};

}  // namespace gatehouse::sync::simulation
