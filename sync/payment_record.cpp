#include "sync/payment_record.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "sync/answer_fields.hpp"
#include "sync/json_quoted.hpp"
#include "sync/settlement.hpp"

namespace gatehouse::sync {
std::string payment_record(std::string_view store_id, const store::Settlement& settlement,
                           std::string_view details, WallTime settled_at,
                           std::string_view shopper_email) {
  auto record = fmt::format(R"({{"tripId":{},"purchaseId":{},"storeId":{},"status":"{}")",
                            json_quoted(settlement.trip_id), json_quoted(settlement.purchase_id),
                            json_quoted(store_id), payment_status(settlement.state));
  if (settlement.amount) {
    record +=
        fmt::format(R"(,"amount":{{"amount":"{}","code":{}}})", format_amount(*settlement.amount),
                    json_quoted(settlement.amount->currency));
  }
  if (!details.empty() && settlement.state == store::SettlementState::checked_out) {
    record += fmt::format(R"(,"orderId":{})", json_quoted(details));
  } else if (!details.empty()) {
    record += fmt::format(R"(,"transactionalData":{})", details);
  }
  if (!shopper_email.empty()) {
    record += fmt::format(R"(,"shopperEmail":{})", json_quoted(shopper_email));
  }
  return record + fmt::format(R"(,"settledAt":"{}"}})", rfc3339(settled_at));
}

std::string refund_record(const store::Delivery& delivery, std::string_view request,
                          std::string_view reconciliation_id, WallTime settled_at) {
  const auto fields = AnswerFields::read(request);  // our own text
  const auto text = [&fields](std::string_view path) {
    return json_quoted(fields ? fields->find(path).value_or("") : "");
  };
  auto record = fmt::format(
      R"({{"tripId":{},"purchaseId":{},"storeId":{},"status":"REFUNDED","refundRequestId":{})"
      R"(,"amount":{{"amount":{},"code":{}}})",
      json_quoted(delivery.trip_id), json_quoted(delivery.purchase_id), text("storeId"),
      text("refundRequestId"), text("amount.amount"), text("amount.code"));
  if (!reconciliation_id.empty()) {
    record += fmt::format(R"(,"reconciliationId":{})", json_quoted(reconciliation_id));
  }
  return record + fmt::format(R"(,"settledAt":"{}"}})", rfc3339(settled_at));
}

std::string rfc3339(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%FT%T}.{:03}Z", seconds, (time - seconds).count());
}

}  // namespace gatehouse::sync
