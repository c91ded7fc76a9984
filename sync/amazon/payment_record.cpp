#include "sync/amazon/payment_record.hpp"

#include "store/ledger/records/store_of_trip.hpp"
#include "store/values/json_object.hpp"
#include "store/values/rfc3339.hpp"
#include "sync/amazon/partial_approval.hpp"
#include "sync/amazon/settlement.hpp"
#include "sync/transport/json_document.hpp"

namespace gatehouse::sync {
namespace {

constexpr std::size_t id_max_bytes = 128;

}  // namespace

std::string payment_record(std::string_view store_id, const store::Settlement& settlement,
                           std::string_view details, WallTime settled_at,
                           std::string_view shopper_email) {
  JsonObject record;
  record.text("tripId", settlement.trip_id)
      .text("purchaseId", settlement.purchase_id)
      .text("storeId", store::store_of_trip(settlement.store_id, store_id))
      .text("status", payment_status(settlement.state));
  if (settlement.amount) record.json("amount", amount_text(*settlement.amount));
  if (settlement.part && settlement.state == store::SettlementState::captured) {
    record.json("settledAmount", amount_text(to_capture(settlement)));
  }
  if (!details.empty() && settlement.state == store::SettlementState::checked_out) {
    record.text("orderId", details);
  } else if (!details.empty()) {
    record.json("transactionalData", details);
  }
  if (!shopper_email.empty()) record.text("shopperEmail", shopper_email);
  return record.text("settledAt", rfc3339(settled_at)).done();
}

std::string refund_record(const store::Delivery& delivery, std::string_view request,
                          std::string_view reconciliation_id, WallTime settled_at) {
  const auto sent = JsonDocument::read_object(request);  // our own text
  const auto text = [&sent](std::string_view path) {
    return sent ? sent->find(path).scalar().value_or("") : std::string_view{};
  };
  const std::string amount =
      JsonObject().text("amount", text("amount.amount")).text("code", text("amount.code")).done();
  JsonObject record;
  record.text("tripId", delivery.trip_id)
      .text("purchaseId", delivery.purchase_id)
      .text("storeId", text("storeId"))
      .text("status", "REFUNDED")
      .text("refundRequestId", text("refundRequestId"))
      .json("amount", amount);
  if (!reconciliation_id.empty()) record.text("reconciliationId", reconciliation_id);
  return record.text("settledAt", rfc3339(settled_at)).done();
}

store::LookFacts look_facts(std::string_view details, WallTime at) {
  const auto document = JsonDocument::read_object(details);
  const auto text = [&document](std::string_view name) -> std::string {
    const auto value = document ? (*document)[name].scalar() : std::nullopt;
    return value && value->size() <= id_max_bytes ? std::string(*value) : "";
  };
  return {at, text("terminalId"), text("reconciliationId"), text("cardStatementTransactionId")};
}

}  // namespace gatehouse::sync
