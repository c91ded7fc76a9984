#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/money.hpp"

namespace gatehouse::simulator {

/// What one cart's deliveries came to in the retailer's cloud.
struct CartEffect {
  std::string first_key{};      ///< Idempotency-Key of the first delivery
  std::string sha256{};         ///< of the body of the first delivery
  std::string purchase_id{};    ///< what the first delivery was answered
  std::string sequence{};       ///< its Gatehouse-Sequence
  std::int64_t deliveries = 0;  ///< requests, repetitions included
  std::int64_t effects = 0;     ///< different idempotency keys: more than 1 is a cart entered twice
};

/// What one trip's calls came to at Amazon. Sums in minor units.
struct PaymentEffect {
  std::string currency;
  std::int64_t adjusts = 0;
  std::int64_t authorised_minor = 0;
  std::int64_t captures = 0;
  std::int64_t captured_minor = 0;
  std::int64_t cancels = 0;
  bool declined = false;
};

/// What the retailer's cloud was told of one trip's payment.
struct RecordEffect {
  std::int64_t effects = 0;  ///< payment records under different idempotency keys
  std::string status;        ///< of the last one: "CAPTURED", "CANCELLED" or "DECLINED"
};

/// What a call broke, which Amazon does not document as refused, so that it is answered 200 and
/// written down here.
enum class Violation {
  double_capture,
  capture_above_authorised,
  capture_after_cancel,
  cancel_after_capture,
};

/// The account of everything that had an effect outside the box: the truth that `audit` compares
/// with what the box acknowledged. One thread.
class Effects {
 public:
  void cart_delivered(const std::string& trip_id, const CartEffect& delivery);
  void cart_repeated(const std::string& trip_id);
  void record_delivered(const std::string& trip_id, const std::string& status);
  void record_repeated() { ++repeated_records_; }
  /// Same idempotency key, other bytes.
  void conflict() { ++conflicts_; }
  /// A request that the cloud or Amazon answered with 400.
  void bad_request() { ++bad_requests_; }
  void signature_refused() { ++signature_refusals_; }

  void adjusted(const std::string& trip_id, const Money& amount);
  void declined(const std::string& trip_id, const Money& amount);
  void captured(const std::string& trip_id, const Money& amount);
  void cancelled(const std::string& trip_id);
  [[nodiscard]] bool is_captured(const std::string& trip_id) const;

  /// Counters only; cheap however many trips there were.
  [[nodiscard]] nlohmann::json summary() const;
  /// Summary, "carts", "payments" and "records" by trip id.
  [[nodiscard]] nlohmann::json all() const;
  /// {"trip", "cart": {…}|null, "payment": {…}|null, "record": {…}|null}
  [[nodiscard]] nlohmann::json of_trip(const std::string& trip_id) const;

 private:
  void violated(Violation violation) { ++violations_[violation]; }

  std::unordered_map<std::string, CartEffect> carts_;
  std::unordered_map<std::string, PaymentEffect> payments_;
  std::unordered_map<std::string, RecordEffect> records_;
  std::map<Violation, std::int64_t> violations_;
  std::map<std::string, std::int64_t> captured_minor_;  // by currency
  std::int64_t duplicate_deliveries_ = 0;
  std::int64_t double_carts_ = 0;
  std::int64_t conflicts_ = 0;
  std::int64_t payment_records_ = 0;
  std::int64_t repeated_records_ = 0;
  std::int64_t captures_ = 0;
  std::int64_t cancels_ = 0;
  std::int64_t declines_ = 0;
  std::int64_t bad_requests_ = 0;
  std::int64_t signature_refusals_ = 0;
};

}  // namespace gatehouse::simulator
