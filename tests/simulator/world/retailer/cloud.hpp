#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/http/exchange.hpp"
#include "tests/simulator/world/effects.hpp"

namespace gatehouse::simulator {

/// How the retailer's cloud prices carts.
struct Prices {
  /// More than one: each trip has one of them, by its id.
  std::vector<std::string> currencies{"USD"};
  /// Answers "checkoutCart" instead of "charge": for a box with settlement = "checkout".
  bool as_checkout_cart = false;

  [[nodiscard]] const std::string& currency_of(std::string_view trip_id) const;
};

/// The retailer's cloud as the box sees it: takes carts in Amazon's own format and payment records,
/// both idempotent by Idempotency-Key, and resolves scans that a box asks about. One thread.
class Cloud {
 public:
  Cloud(std::string store_id, Effects& effects, Prices prices = {});

  /// POST /v1/order/purchases: 201 {"purchaseId"}, with "charge" or "checkoutCart" for a card-entry
  /// cart that is not empty. The same key again: the same answer. Missing or wrong headers: 400.
  [[nodiscard]] http::Answer purchases(const http::Request& request);
  /// POST /v1/payments/records: 201 {}.
  [[nodiscard]] http::Answer payment_record(const http::Request& request);
  /// POST /v1/identity/scan: what a box asks where gate.unknown_shopper is "ask_cloud". Only keys
  /// that begin with "95" are known here, and all of them are shoppers: a tenth of the unknown
  /// keys that `shop` plays.
  [[nodiscard]] http::Answer scan(const http::Request& request);

 private:
  struct Answered {
    std::string sha256;
    http::Answer answer;
    std::string trip_id;
  };
  using ByKey = std::unordered_map<std::string, Answered>;
  /// What this key was answered before, nullptr for a new one. Counts a conflict.
  const Answered* answered_before(const ByKey& answers, const std::string& key,
                                  const std::string& sha256);
  http::Answer bad_request(const std::string& message);

  std::string store_id_;
  Effects& effects_;
  Prices prices_;
  ByKey carts_;
  ByKey records_;
};

}  // namespace gatehouse::simulator
