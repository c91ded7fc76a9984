#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
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
  /// Writes into each price the ledger that brought the trip's cart first.
  bool names_ledgers = true;

  [[nodiscard]] const std::string& currency_of(std::string_view trip_id) const;
};

/// The retailer's cloud as the box sees it: takes carts in Amazon's own format and payment records,
/// and resolves scans that a box asks about. Both deliveries are idempotent by Idempotency-Key as
/// stock middleware makes them: the same key and body, the same answer again, whoever sends it; the
/// same key with another body, 422; and while the first request is being worked on, 409. One
/// thread.
class Cloud {
 public:
  Cloud(std::string store_id, Effects& effects, Prices prices = {});

  /// POST /v1/order/purchases: 201 {"purchaseId"}, with "charge" or "checkoutCart" for a card-entry
  /// cart that is not empty. Missing or wrong headers: 400.
  [[nodiscard]] http::Answer purchases(const http::Request& request);
  /// POST /v1/payments/records: 201 {}; where the desk decides, a charge that waits for a person is
  /// answered with a decision: what Amazon knows of it where it is UNCLEAR or UNVOUCHED; "charge",
  /// and the third time "written_off", where it is HELD.
  [[nodiscard]] http::Answer payment_record(const http::Request& request);
  /// A request under this key is being worked on, from now until it is answered. False: one is
  /// already.
  [[nodiscard]] bool begin(const http::Request& request);
  void end(const std::string& key) { in_work_.erase(key); }
  [[nodiscard]] static std::string key_of(const http::Request& request);
  [[nodiscard]] static http::Answer still_working();
  /// POST /v1/identity/scan: what a box asks where gate.unknown_shopper is "ask_cloud". Only keys
  /// that begin with "95" are known here, and all of them are shoppers: a tenth of the unknown
  /// keys that `shop` plays.
  [[nodiscard]] http::Answer scan(const http::Request& request);
  void let_desk_decide(bool decides) { desk_decides_ = decides; }

 private:
  struct Answered {
    std::string sha256;
    http::Answer answer;
    std::string trip_id;
  };
  using ByKey = std::unordered_map<std::string, Answered>;
  /// What this key was answered before, nullptr for a new one.
  static const Answered* answered_before(const ByKey& answers, const std::string& key);
  /// Another body under a key that was used.
  http::Answer conflict();
  http::Answer bad_request(const std::string& message);

  std::string store_id_;
  Effects& effects_;
  Prices prices_;
  ByKey carts_;
  std::unordered_map<std::string, std::string> first_ledgers_;  ///< by trip
  std::unordered_set<std::string> in_work_;
  ByKey records_;
  bool desk_decides_ = false;
  std::unordered_map<std::string, int> held_;  ///< so often the desk was asked, by trip
  [[nodiscard]] std::string decision_of(const std::string& trip_id, const std::string& status);
};

}  // namespace gatehouse::simulator
