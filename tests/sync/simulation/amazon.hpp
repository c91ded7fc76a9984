#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sync/transport/transport.hpp"
#include "tests/sync/simulation/schedule.hpp"
#include "tests/sync/simulation/trips.hpp"

namespace gatehouse::sync::simulation {

/// Amazon's payment service at its least helpful: a capture that is repeated charges again. So a
/// box that repeats one it should not is found out.
class Amazon {
 public:
  Amazon(const TripPlans& plans, const Schedule& schedule) : plans_(plans), schedule_(schedule) {}

  Reply handle(const Request& request);

  struct Account {
    int adjusts = 0;
    std::string authorized;             ///< as it was sent; '' before APPROVED
    std::vector<std::string> captures;  ///< amounts as they were sent
    SteadyTime captured_at;             ///< the last one
    int cancels = 0;
    int details = 0;
    std::map<std::string, std::string> refunds;  ///< refundRequestId to amount: once each in effect
    int refund_calls = 0;
    std::vector<std::string> reports;    ///< bodies of ReportPaymentStatus
    std::vector<std::string> checkouts;  ///< bodies, one a call
    std::set<std::string> stores;        ///< every storeId that was sent for it
  };
  /// E-mail addresses by the shopper's id.
  std::map<std::string, std::string> shoppers;
  /// storeId of each question for a shopper.
  std::set<std::string> stores_of_shoppers;
  [[nodiscard]] const std::map<std::string, Account>& accounts() const { return accounts_; }
  /// As if nothing had ever come.
  void forget() { accounts_.clear(); }
  [[nodiscard]] Account account(const std::string& trip_id) const;

 private:
  [[nodiscard]] Reply adjust(const TripPlan& plan, Account& account, const std::string& body);

  const TripPlans& plans_;
  const Schedule& schedule_;
  std::map<std::string, Account> accounts_;
};

/// Of a request to Amazon. '' if it is not there.
[[nodiscard]] std::string trip_id_in(const std::string& body);

}  // namespace gatehouse::sync::simulation
