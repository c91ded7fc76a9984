#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/records/refund.hpp"
#include "store/ledger/records/settlement.hpp"
#include "store/values/money.hpp"
#include "sync/amazon/jwo_options.hpp"
#include "sync/credentials/keys.hpp"
#include "sync/delivery/delivery_lane.hpp"

namespace gatehouse::sync {

/// Refunds, or payment status reports, to Amazon: two lanes, for the host of the reports is another
/// and may not be known, which must keep no refund back. Both may be sent again: a refund carries
/// its refundRequestId (services.md 2.4), a report states totals (5, that it may be repeated is
/// inference).
class AmazonLane final : public DeliveryLane {
 public:
  /// `lane`: amazon for refunds, feedback for the reports.
  AmazonLane(JwoOptions options, AwsCredentials credentials,
             store::Lane lane = store::Lane::amazon);
  /// For the requests that start from now on.
  void reload(JwoOptions options, AwsCredentials credentials);

  [[nodiscard]] store::Lane lane() const override { return lane_; }
  /// Reports: only where they are wanted. Those on disk wait otherwise.
  [[nodiscard]] bool configured() const override;
  [[nodiscard]] std::string what_is_missing() const override;
  [[nodiscard]] std::size_t max_in_flight() const override { return options_.max_in_flight; }
  [[nodiscard]] Request request(store::Delivery& delivery) const override;
  /// By the table of what an answer proves (answer_proof.hpp); only this is added to it. A 2xx to a
  /// refund with half a document, or one that says something twice, is unclear. A report was taken
  /// where it says "Accepted". Refused is what Amazon says itself: a JSON object, or an
  /// x-amzn-ErrorType; the same status in other words is tried again. A 409 in Amazon's words to a
  /// refund is KeyConflict::open, for a refund has its refundRequestId; a report is refused by it.
  [[nodiscard]] Judgement judge(const store::Delivery& delivery, const Reply& reply) const override;
  /// The refund record for the cloud.
  void take_answer(const store::Delivery& delivery, const Reply& reply,
                   store::DeliveryAttempt& attempt) const override;

 private:
  JwoOptions options_;
  AwsCredentials credentials_;
  store::Lane lane_;
};

/// The body of a refund (services.md 2.4), as it is kept in the ledger and sent at every attempt.
[[nodiscard]] std::string refund_request(std::string_view store_id, const store::NewRefund& refund);

/// The body of ReportPaymentStatus (services.md 5) for a charge that has ended: the total of the
/// trip and how much of it was settled. Captured: what was captured. Declined or expired: nothing,
/// which is a debt until a later report says otherwise. Cancelled or written off: a total of
/// nothing, for the retailer asks for nothing (that this clears an earlier report of the trip is
/// inference). nullopt: what may have been charged, which is never debt; what has no price; what
/// Amazon's checkout service charges.
[[nodiscard]] std::optional<std::string> payment_status_report(std::string_view store_id,
                                                               const store::Settlement& settlement,
                                                               WallTime settled_at, TimeUnit unit);

/// The same where a person says how much of the total was settled so far; the total is 0 where the
/// charge was cancelled or written off.
[[nodiscard]] std::string settled_report(std::string_view store_id,
                                         const store::Settlement& settlement, const Money& settled,
                                         WallTime at, TimeUnit unit);

/// Why a person cannot report that so much was settled, '' where it can be: the charge has not
/// ended, may have been made, has no price, or the sum is not in its currency and between nothing
/// (captured: what was captured) and the total (cancelled or written off: 0).
[[nodiscard]] std::string why_not_settled(const store::Settlement& settlement,
                                          const Money& settled);

}  // namespace gatehouse::sync
