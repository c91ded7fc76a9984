#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/values/money.hpp"

namespace gatehouse::simulator {

/// What one cart's deliveries came to in the retailer's cloud.
struct CartEffect {
  std::string first_key{};      ///< Idempotency-Key of the first delivery
  std::string sha256{};         ///< of the body of the first delivery
  std::string purchase_id{};    ///< what the first delivery was answered
  std::string sequence{};       ///< its Gatehouse-Sequence
  std::int64_t deliveries = 0;  ///< requests, repetitions included
  std::int64_t effects = 0;     ///< different idempotency keys: more than 1 is a cart entered twice
  std::string currency{};       ///< of the prices
};

/// What one trip's calls came to at Amazon. Sums in minor units.
struct PaymentEffect {
  std::string currency;
  std::int64_t adjusts = 0;
  std::int64_t asked_minor = 0;       ///< by the last adjust
  std::int64_t authorised_minor = 0;  ///< less than was asked: partly approved
  std::int64_t captures = 0;
  std::int64_t captured_minor = 0;
  std::int64_t cancels = 0;
  bool declined = false;
  std::int64_t refunds = 0;
  std::int64_t refunded_minor = 0;
};

/// What one trip's checkout came to at Amazon.
struct CheckoutEffect {
  std::string currency;
  std::int64_t total_minor = 0;
  std::int64_t effects = 0;  ///< never more than 1: the trip is the idempotency key
};

/// What Amazon was told of one trip's payment; amounts are the last report's.
struct ReportEffect {
  std::string currency;
  std::int64_t total_minor = 0;
  std::int64_t settled_minor = 0;
  std::int64_t accepted = 0;
  std::int64_t rejected = 0;
};

/// What the retailer's cloud was told of one trip's payment.
struct RecordEffect {
  std::int64_t effects = 0;  ///< payment records under different idempotency keys
  /// The revisions that each ledger ("ID.ERA") told of: a history that was lost is counted anew.
  std::map<std::string, std::set<std::int64_t>> revisions{};
  std::string ledger{};             ///< that told last, the newest era of it
  std::int64_t revision = 0;        ///< the highest one of that: it is what counts
  std::string status{};             ///< of that one: "CAPTURED", "UNCLEAR" and so on
  std::string shopper_email{};      ///< in that one
  std::int64_t refunds = 0;         ///< refund records under different idempotency keys
  std::set<std::string> ledgers{};  ///< that say that they captured it, whatever their era
};

/// What a call broke, which Amazon does not document as refused, so that it is answered 200 and
/// written down here.
enum class Violation {
  double_capture,
  capture_above_authorised,
  capture_after_cancel,
  cancel_after_capture,
  checkout_differs,  ///< the same trip checked out again with other contents
};

/// The account of everything that had an effect outside the box: the truth that `audit` compares
/// with what the box acknowledged. One thread.
class Effects {
 public:
  void cart_delivered(const std::string& trip_id, const CartEffect& delivery);
  void cart_repeated(const std::string& trip_id);
  struct Record {
    std::string ledger{};
    std::int64_t revision = 1;
    std::string status{};
    std::string shopper_email{};
  };
  void record_delivered(const std::string& trip_id, const Record& told);
  /// A record says so that this ledger ("ID.ERA") sends, whether the record is taken or not.
  void captured_by(const std::string& trip_id, const std::string& ledger);
  void refund_record_delivered(const std::string& trip_id) { ++records_[trip_id].refunds; }
  void record_repeated() { ++repeated_records_; }
  /// Same idempotency key, other bytes.
  void conflict() { ++conflicts_; }
  /// A request that the cloud or Amazon answered with 400.
  void bad_request() { ++bad_requests_; }
  /// A fault of the scenario came over a call of this endpoint.
  void fault(std::string_view endpoint) { ++faults_[std::string(endpoint)]; }
  void signature_refused() { ++signature_refusals_; }
  /// It is as it should be, and of too long ago, or of the future.
  void signature_out_of_time() { ++signatures_out_of_time_; }

  void adjusted(const std::string& trip_id, const Money& authorised, const Money& asked);
  void declined(const std::string& trip_id, const Money& amount);
  void captured(const std::string& trip_id, const Money& amount);
  void cancelled(const std::string& trip_id);
  [[nodiscard]] bool is_captured(const std::string& trip_id) const;
  /// Of the last adjust, capture or refund; "USD" before any.
  [[nodiscard]] std::string currency_of(const std::string& trip_id) const;
  /// A capture that Amazon recognised as one that it had.
  void capture_repeated() { ++repeated_captures_; }
  /// Refunds stay within what was captured, in its currency.
  [[nodiscard]] bool may_refund(const std::string& trip_id, const Money& amount) const;
  void refunded(const std::string& trip_id, const Money& amount);
  void refund_repeated() { ++repeated_refunds_; }
  void refund_refused() { ++refused_refunds_; }
  void checked_out(const std::string& trip_id, const Money& total);
  void checkout_repeated(bool is_identical);
  void reported(const std::string& trip_id, const Money& total, const Money& settled,
                bool is_accepted);

  /// Counters only; cheap however many trips there were.
  [[nodiscard]] nlohmann::json summary() const;
  /// Summary, and "carts", "payments", "records", "checkouts" and "reports" by trip id.
  [[nodiscard]] nlohmann::json all() const;
  /// {"trip", "cart": {…}|null, "payment": {…}|null, "record": {…}|null, "checkout": {…}|null,
  /// "report": {…}|null}
  [[nodiscard]] nlohmann::json of_trip(const std::string& trip_id) const;

 private:
  void violated(Violation violation) { ++violations_[violation]; }

  std::unordered_map<std::string, CartEffect> carts_;
  std::unordered_map<std::string, PaymentEffect> payments_;
  std::unordered_map<std::string, RecordEffect> records_;
  std::unordered_map<std::string, CheckoutEffect> checkouts_;
  std::unordered_map<std::string, ReportEffect> reports_;
  struct Sums {
    std::int64_t captured_minor = 0;
    std::int64_t refunded_minor = 0;
    std::int64_t checked_out_minor = 0;
  };
  std::map<std::string, Sums> sums_;  // by currency
  std::map<Violation, std::int64_t> violations_;
  std::map<std::string, std::int64_t> faults_;  // by endpoint
  std::int64_t duplicate_deliveries_ = 0;
  std::int64_t double_carts_ = 0;
  std::int64_t conflicts_ = 0;
  std::int64_t payment_records_ = 0;
  std::int64_t repeated_records_ = 0;
  std::int64_t captures_ = 0;
  std::int64_t repeated_captures_ = 0;
  std::int64_t cancels_ = 0;
  std::int64_t refunds_ = 0;
  std::int64_t repeated_refunds_ = 0;
  std::int64_t refused_refunds_ = 0;
  std::int64_t repeated_checkouts_ = 0;
  std::int64_t status_reports_ = 0;
  std::int64_t declines_ = 0;
  std::int64_t bad_requests_ = 0;
  std::int64_t signature_refusals_ = 0;
  std::int64_t signatures_out_of_time_ = 0;
};

}  // namespace gatehouse::simulator
