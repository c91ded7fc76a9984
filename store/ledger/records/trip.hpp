#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/ledger/records/decision.hpp"
#include "store/ledger/records/delivery.hpp"
#include "store/ledger/records/number_range.hpp"
#include "store/ledger/records/refund.hpp"
#include "store/ledger/records/settlement.hpp"
#include "store/values/time.hpp"

namespace gatehouse::store {

// The numbers are on disk: never renumber, only add.

/// How the trip began (FAQ: authEvents payloadType). Only card trips are settled through Amazon.
enum class Entry : int { card = 1, app = 2 };
[[nodiscard]] constexpr NumberRange numbers_of(Entry) {
  return {1, 2};
}

/// A cart as the gate hands it over: validated, and not yet on disk.
struct NewCart {
  std::string trip_id;
  std::string purchase_id;  ///< '' for an empty cart
  Entry entry = Entry::app;
  WallTime started_at;
  WallTime received_at;
  /// Equal where two requests bring the same cart. '' : their bytes decide.
  std::string fingerprint{};
  std::string body;                                 ///< byte for byte as it came
  std::optional<SettlementState> first_settlement;  ///< none: this box has nothing to settle
  std::string store_id{};  ///< as it came: every call for the trip names it (store_of_trip.hpp)
};

enum class CartOutcome {
  recorded,   ///< first time this trip was seen
  repeated,   ///< same cart again: nothing was done
  differing,  ///< same trip, another cart: the first stands, the difference was kept as evidence
};

struct CartReceipt {
  CartOutcome outcome = CartOutcome::recorded;
  std::string purchase_id;  ///< of the first cart of this trip
  std::int64_t sequence = 0;
};

/// All that the ledger knows of one trip, without the cart's bytes.
struct TripView {
  std::int64_t sequence = 0;
  std::string trip_id;
  std::string purchase_id;
  Entry entry = Entry::app;
  WallTime started_at;
  WallTime received_at;
  std::int64_t cart_bytes = 0;
  std::int64_t differing_carts = 0;
  std::string store_id;  ///< for store_of_trip()
  std::vector<Delivery> deliveries;
  std::optional<Settlement> settlement;
  std::vector<Refund> refunds;
  std::vector<HistoryEntry> history;
  std::optional<Decision> decision{};  ///< the last word of the payments desk
};

[[nodiscard]] std::string_view to_text(Entry entry);
[[nodiscard]] std::string_view to_text(CartOutcome outcome);

}  // namespace gatehouse::store
