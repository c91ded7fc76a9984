#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "store/values/time.hpp"

namespace gatehouse::sync {

enum class SettlementMode { none, payment, checkout };

/// What becomes of a capture that had no clear answer and that transactional data does not show:
/// sync/amazon/settlement.hpp.
enum class UnknownCapture { ask_then_repeat, hold };

/// What becomes of a charge of which Amazon approved only a part.
enum class PartialApproval { hold, capture };

/// What a store charges at most, and in which money (objection_to()). '' : it was not said.
struct ChargeLimit {
  std::string currency{};  ///< store.currency
  std::string most{};      ///< jwo.charge_max: a decimal number, of that currency
};

/// What becomes of a charge that the ledger cannot vouch for: it waits for somebody's word, or
/// Amazon is asked (sync/amazon/unvouched_looks.hpp).
enum class UnvouchedRule { hold, ask };

/// Amazon does not say whether paymentStatusTime counts seconds or milliseconds (services.md 5).
enum class TimeUnit { seconds, milliseconds };

/// For the whole of one call to Amazon: what API Gateway gives its service (29 s), and some seconds
/// for the line. Who gives up earlier never learns the outcome of a slow charge.
inline constexpr milliseconds amazon_timeout{35'000};

/// Amazon's JWO services, where the charge of a card-entry trip is settled.
struct JwoOptions {
  SettlementMode settlement = SettlementMode::none;
  std::string payments_url{};  ///< resolved from the region by the configuration
  std::string checkout_url{};  ///< the same; '' where the region has none
  std::string feedback_url{};  ///< of ReportPaymentStatus; which host serves it is not published
  std::string region{};
  UnknownCapture unknown_capture = UnknownCapture::hold;
  ChargeLimit charge_limit{};
  PartialApproval partial_approval = PartialApproval::hold;
  UnvouchedRule unvouched = UnvouchedRule::hold;
  milliseconds charge_window{std::chrono::hours{46}};
  bool report_payment_status = false;
  bool shopper_email = false;  ///< asked for after a capture, for the payment record
  TimeUnit payment_status_time = TimeUnit::seconds;
  bool reconciliation_means_captured = true;  ///< inference, services.md 9.2: see docs
  std::size_t max_in_flight = 16;
  /// A minute of the schedule by which a capture in doubt is asked about (next_look()). A test's
  /// may be shorter, the product's is not.
  milliseconds look_minute{60'000};
};

}  // namespace gatehouse::sync
