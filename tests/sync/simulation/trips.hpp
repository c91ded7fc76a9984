#pragma once

#include <map>
#include <string>

#include "store/ledger/records/trip.hpp"

namespace gatehouse::sync::simulation {

/// What the world has in store for one trip.
struct TripPlan {
  store::NewCart cart{};
  std::string amount = "15.99";  ///< what the cloud makes of the cart, as it prints it
  bool priced_by_cloud = true;   ///< the answer to the cart carries the price
  int cloud_status = 0;          ///< the cloud always answers this instead; 0: it takes it
  std::string cloud_words = R"({"errorMsg":"Refused"})";  ///< with that status
  bool declined = false;                                  ///< by the card's issuer
  int pending_answers = 0;                                ///< adjust is PENDING so many times first
  milliseconds known_to_amazon_after{0};  ///< after the cart; until then UnknownShoppingTrip
  milliseconds reconciled_after{0};       ///< after the capture; until then without an id
};

using TripPlans = std::map<std::string, TripPlan>;  ///< by trip id

}  // namespace gatehouse::sync::simulation
