#include "daemon/local/view/record_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "store/values/rfc3339.hpp"
#include "store/values/whole_number.hpp"

namespace gatehouse::local {
namespace {

using Json = nlohmann::ordered_json;

// An operator's retry sets the time to 0: at once.
Json next_attempt(bool waits, WallTime at) {
  return waits && at > WallTime{} ? Json(rfc3339(at)) : Json(nullptr);
}

Json money_json(const std::optional<Money>& money) {
  if (!money) return nullptr;
  return {{"amount", format_amount(*money)}, {"code", money->currency}};
}

Json withheld_because(const store::Settlement& settlement) {
  if (!settlement.withheld) return nullptr;
  return settlement.withheld_by_birth ? "trip_before_ledger" : "history_lost";
}

Json settlement_json(const store::Settlement& settlement, milliseconds charge_window) {
  // What is held waits for a person, and for the next look at a capture in doubt.
  const bool held = settlement.state == store::SettlementState::held;
  const bool waits = !store::is_final(settlement.state) &&
                     settlement.state != store::SettlementState::awaiting_price &&
                     settlement.state != store::SettlementState::not_granted &&
                     (!held || settlement.charge_unclear);
  return {
      {"state", store::to_text(settlement.state)},
      {"amount", money_json(settlement.amount)},
      {"approvedAmount", money_json(settlement.approved)},
      {"partToCapture", money_json(settlement.part)},
      {"confirmedAmount", money_json(settlement.confirmed)},
      {"attempts", settlement.attempts},
      {"nextAttemptAt", next_attempt(waits, settlement.next_attempt_at)},
      {"changedAt", rfc3339(settlement.changed_at)},
      {"chargeDeadlineAt", rfc3339(settlement.started_at + charge_window)},
      {"heldFrom", settlement.held_from && settlement.state == store::SettlementState::held
                       ? Json(store::to_text(*settlement.held_from))
                       : Json(nullptr)},
      {"chargeUnclear", settlement.charge_unclear},
      {"withheld", settlement.withheld},
      {"withheldBecause", withheld_because(settlement)},
      {"priceLedger", settlement.state == store::SettlementState::not_granted
                          ? Json(settlement.price_ledger)
                          : Json(nullptr)},
      {"adjustsSent", settlement.adjusts_sent},
      {"capturesSent", settlement.captures_sent},
      {"capturesNotDone", settlement.captures_not_done},
      {"clearLooks", settlement.clear_looks},
      {"reconciliationBefore",
       settlement.reconciliation_before ? Json(*settlement.reconciliation_before) : Json(nullptr)},
      {"reason", settlement.reason}};
}

Json refunds_json(const store::TripView& trip) {
  Json refunds = Json::array();
  for (const store::Refund& refund : trip.refunds) {
    const auto delivery =
        std::ranges::find(trip.deliveries, refund.delivery_id, &store::Delivery::id);
    refunds.push_back(
        {{"refundRequestId", refund.request_id},
         {"amount", {{"amount", format_amount(refund.amount)}, {"code", refund.amount.currency}}},
         {"reason", store::to_text(refund.reason)},
         {"record", refund.delivery_id},
         {"state", delivery == trip.deliveries.end() ? "" : store::to_text(delivery->state)}});
  }
  return refunds;
}

Json decision_json(const store::TripView& trip) {
  if (!trip.decision) return nullptr;
  return {{"decision", store::to_text(trip.decision->word)},
          {"by", trip.decision->by},
          {"at", rfc3339(trip.decision->came_at)},
          {"state", store::to_text(trip.decision->state)},
          {"reason", trip.decision->reason}};
}

}  // namespace

Json record_json(const store::Delivery& delivery) {
  const bool pending = delivery.state == store::DeliveryState::pending;
  return {
      {"id", delivery.id},
      {"tripId", delivery.trip_id},
      {"purchaseId", delivery.purchase_id},
      {"kind", store::to_text(delivery.kind)},
      {"state", store::to_text(delivery.state)},
      {"attempts", delivery.attempts},
      {"createdAt", rfc3339(delivery.created_at)},
      {"nextAttemptAt", next_attempt(pending, delivery.next_attempt_at)},
      {"finishedAt", delivery.finished_at ? Json(rfc3339(*delivery.finished_at)) : Json(nullptr)},
      {"reason", delivery.reason}};
}

Json charge_json(const store::Settlement& settlement, milliseconds charge_window) {
  Json charge{{"tripId", settlement.trip_id}, {"startedAt", rfc3339(settlement.started_at)}};
  charge.update(settlement_json(settlement, charge_window));
  return charge;
}

std::string refused_id(std::int64_t id) {
  return "r" + std::to_string(id);
}

std::optional<std::int64_t> refused_id_from(std::string_view text) {
  if (!text.starts_with('r')) return std::nullopt;
  return whole_number(text.substr(1));
}

Json refused_json(const store::RefusedCart& cart) {
  return {{"id", refused_id(cart.id)},
          {"tripId", cart.trip_id},
          {"kind", "refused_cart"},
          {"state", cart.delivery_id ? "forwarded" : "refused"},
          {"times", cart.times},
          {"createdAt", rfc3339(cart.first_at)},
          {"lastAt", rfc3339(cart.last_at)},
          {"caller", cart.caller},
          {"bytes", cart.bytes},
          {"record", cart.delivery_id ? Json(*cart.delivery_id) : Json(nullptr)},
          {"recordState", cart.delivered ? Json(store::to_text(*cart.delivered)) : Json(nullptr)},
          {"reason", cart.reason}};
}

Json trip_json(const store::TripView& trip, milliseconds charge_window) {
  Json deliveries = Json::array();
  for (const store::Delivery& delivery : trip.deliveries) {
    deliveries.push_back(record_json(delivery));
  }
  Json history = Json::array();
  for (const store::HistoryEntry& entry : trip.history) {
    history.push_back({{"at", rfc3339(entry.at)},
                       {"state", store::to_text(entry.state)},
                       {"reason", entry.reason}});
  }
  return {{"tripId", trip.trip_id},
          {"purchaseId", trip.purchase_id},
          {"sequence", trip.sequence},
          {"storeId", trip.store_id.empty() ? Json(nullptr) : Json(trip.store_id)},
          {"entry", store::to_text(trip.entry)},
          {"startedAt", rfc3339(trip.started_at)},
          {"receivedAt", rfc3339(trip.received_at)},
          {"cartBytes", trip.cart_bytes},
          {"differingCarts", trip.differing_carts},
          {"deliveries", std::move(deliveries)},
          {"settlement",
           trip.settlement ? settlement_json(*trip.settlement, charge_window) : Json(nullptr)},
          {"refunds", refunds_json(trip)},
          {"decision", decision_json(trip)},
          {"history", std::move(history)}};
}

}  // namespace gatehouse::local
