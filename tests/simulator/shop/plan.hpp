#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulator/population.hpp"

namespace gatehouse::simulator {

struct PlanOptions {
  std::uint64_t seed = 1;
  std::uint64_t shoppers = 1000;  ///< of the world with the same seed
  std::uint64_t card_trips = 200;
  std::uint64_t app_trips = 100;
  std::uint64_t first_trip = 0;  ///< later runs of one seed go on where the first one ended
  double empty_percent = 5;
  double unknown_percent = 2;        ///< trips before which somebody unknown or blocked is refused
  double duplicates_percent = 2;     ///< carts that are sent once more after their answer
  double same_cart_percent = 0;      ///< carts that come again byte for byte
  double new_request_percent = 0;    ///< carts that come again under a new requestId
  double reordered_percent = 0;      ///< carts that come again after a later trip's
  double late_percent = 0;           ///< carts that come again after a while
  double extra_fields_percent = 10;  ///< requests with fields that no page documents
  double identity_percent = 10;      ///< carts with shopperIdentity
};

/// Where a scan carries the code: the FAQ puts its Base64 in scanEvent.id, other pages of Amazon
/// put a UUID there and the code in scanEvent.value (connectors.md 4.1).
enum class ScanForm { base64_id, base64_id_with_blank, base64_value, plain_value };

/// How a cart comes once more after it was acknowledged. Amazon's retries are announced, how they
/// look is not published (connectors.md 2.4); whether reordered and late ones carry the same
/// requestId alternates from trip to trip.
enum class Repetition { same_cart, new_request, reordered, late };

struct PlannedItem {
  std::string id;
  std::string type;      ///< "SKU" or "SCANCODE"
  std::string quantity;  ///< decimal as text
  std::string unit;
  bool external_identifier = false;
};

/// One shopping trip before it is played. The same number of the same seed is the same trip.
struct TripPlan {
  std::uint64_t number = 0;
  std::string trip_id{};
  bool card_entry = false;
  std::string key{};
  bool associate = false;
  ScanForm scan_form = ScanForm::base64_id;
  std::optional<std::string> refused_key{};  ///< scanned first, and must be answered REJECT
  std::vector<PlannedItem> items{};          ///< none: walked in, walked out
  std::int64_t charge_minor = 0;  ///< what the world will charge; 0 for app entry and empty carts
  int length_s = 0;
  bool group = false;  ///< two auth events (Amazon's case 1.13)
  bool manual_location = false;
  bool extra_fields = false;
  std::string shopper_identity{};  ///< whom Amazon has an e-mail address of; '' : not in the cart
  std::vector<Repetition> repetitions{};
};

class Plan {
 public:
  explicit Plan(PlanOptions options);

  [[nodiscard]] std::uint64_t size() const { return options_.card_trips + options_.app_trips; }
  /// `index` in [0, size()): card and app trips are evenly mixed.
  [[nodiscard]] TripPlan trip(std::uint64_t index) const;

 private:
  PlanOptions options_;
  Population population_;
};

}  // namespace gatehouse::simulator
