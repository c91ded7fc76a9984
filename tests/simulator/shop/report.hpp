#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "store/values/result.hpp"

namespace gatehouse::simulator {

/// How long answers took, every one of them.
class Latencies {
 public:
  void add(std::chrono::nanoseconds took) { all_.push_back(took); }
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  /// The smallest value that `share` (0..1) of all do not exceed; 0 where there are none.
  [[nodiscard]] std::chrono::nanoseconds percentile(double share) const;

 private:
  std::vector<std::chrono::nanoseconds> all_;
};

/// What one trip's cart came to, seen from Amazon.
struct TripReport {
  std::string trip_id{};
  bool card_entry = false;
  bool empty = false;
  bool acknowledged = false;
  std::string purchase_id{};               ///< of the first acknowledgement
  std::int64_t charge_minor = 0;           ///< expected to be captured; cents
  std::string shopper_identity{};          ///< in the cart; '' : none
  std::vector<std::string> sent_sha256{};  ///< of each different body that was sent
  std::string reason{};                    ///< why it was not acknowledged

  bool operator==(const TripReport&) const = default;
};

struct ScanCounts {
  std::uint64_t accepted = 0;
  std::uint64_t rejected = 0;
  std::uint64_t errors = 0;      ///< no answer, or none that the FAQ knows
  std::uint64_t unexpected = 0;  ///< answered, but not what the feed says of this key
};

/// What `shop` saw. Its JSON is what `audit` reads.
struct ShopReport {
  ScanCounts scans;
  std::uint64_t cart_attempts = 0;
  std::uint64_t carts_sent_twice = 0;          ///< on purpose, of any kind
  std::uint64_t carts_reordered = 0;           ///< of those: after a later trip's cart
  std::uint64_t carts_late = 0;                ///< of those: after a while
  std::uint64_t mismatching_purchase_ids = 0;  ///< another one for the same trip, or '' for items
  std::chrono::nanoseconds took{0};
  Latencies scan_latency;
  Latencies cart_latency;  ///< of the attempt that was acknowledged
  std::vector<TripReport> trips;

  [[nodiscard]] std::uint64_t acknowledged() const;
  [[nodiscard]] nlohmann::ordered_json to_json() const;
  /// For people.
  [[nodiscard]] std::string table() const;
};

/// The trips of a report's JSON.
[[nodiscard]] Result<std::vector<TripReport>> read_trips(const nlohmann::ordered_json& report);

}  // namespace gatehouse::simulator
