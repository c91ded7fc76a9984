#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/records/refund.hpp"
#include "store/ledger/records/settlement.hpp"
#include "sync/amazon/jwo_options.hpp"
#include "sync/credentials/keys.hpp"
#include "sync/delivery/delivery_lane.hpp"

namespace gatehouse::sync {

/// Refunds and payment status reports to Amazon. Both may be sent again: a refund carries its
/// refundRequestId (services.md 2.4), a report states totals (5, that it may be repeated is
/// inference).
class AmazonLane final : public DeliveryLane {
 public:
  AmazonLane(JwoOptions options, AwsCredentials credentials);
  /// For the requests that start from now on.
  void reload(JwoOptions options, AwsCredentials credentials);

  [[nodiscard]] store::Lane lane() const override { return store::Lane::amazon; }
  [[nodiscard]] bool configured() const override {
    return options_.settlement == SettlementMode::payment;
  }
  [[nodiscard]] std::string what_is_missing() const override;
  [[nodiscard]] std::size_t max_in_flight() const override { return options_.max_in_flight; }
  [[nodiscard]] Request request(store::Delivery& delivery) const override;
  /// A refund was taken when a 2xx came that neither has an error member nor is a page or half a
  /// document (the pages differ on its body, services.md 2.4); a report when it says "Accepted".
  /// Refused is what Amazon says itself with a 4xx: a JSON object, or an x-amzn-ErrorType. 401,
  /// 403, 404, 405, 407, 421, 425, 429, 451 and a 4xx in other words are tried again.
  [[nodiscard]] Judgement judge(const store::Delivery& delivery, const Reply& reply) const override;
  /// The refund record for the cloud.
  void take_answer(const store::Delivery& delivery, const Reply& reply,
                   store::DeliveryAttempt& attempt) const override;

 private:
  JwoOptions options_;
  AwsCredentials credentials_;
};

/// The body of a refund (services.md 2.4), as it is kept in the ledger and sent at every attempt.
[[nodiscard]] std::string refund_request(std::string_view store_id, const store::NewRefund& refund);

/// How long after a trip Amazon takes a refund of it (services.md 2.4).
inline constexpr std::chrono::days refund_window{7};

/// The body of ReportPaymentStatus (services.md 5): the total of a trip and how much of it was
/// settled. Reported are what was captured, what the issuer declined or Amazon let expire (unpaid
/// either way, until a later report says otherwise) and a total of nothing. nullopt: what a person
/// let go, which is no debt of the shopper's, what has no price, and what may
/// have been charged: unclear is no debt.
[[nodiscard]] std::optional<std::string> payment_status_report(std::string_view store_id,
                                                               const store::Settlement& settlement,
                                                               WallTime settled_at, TimeUnit unit);

}  // namespace gatehouse::sync
