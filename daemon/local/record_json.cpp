#include "daemon/local/record_json.hpp"

#include "daemon/local/time_text.hpp"
#include "daemon/local/warnings.hpp"

namespace gatehouse::local {
namespace {

using Json = nlohmann::ordered_json;

// An operator's retry sets the time to 0: at once.
Json next_attempt(bool waits, WallTime at) {
  return waits && at > WallTime{} ? Json(utc_text(at)) : Json(nullptr);
}

Json settlement_json(const store::Settlement& settlement) {
  Json amount = nullptr;
  if (settlement.amount) {
    amount = {{"amount", format_amount(*settlement.amount)}, {"code", settlement.amount->currency}};
  }
  const bool waits = !store::is_final(settlement.state) &&
                     settlement.state != store::SettlementState::awaiting_price &&
                     settlement.state != store::SettlementState::held;
  return {{"state", store::to_text(settlement.state)},
          {"amount", amount},
          {"attempts", settlement.attempts},
          {"nextAttemptAt", next_attempt(waits, settlement.next_attempt_at)},
          {"changedAt", utc_text(settlement.changed_at)},
          {"chargeDeadlineAt", utc_text(settlement.started_at + kChargeWindow)},
          {"reason", settlement.reason}};
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
      {"createdAt", utc_text(delivery.created_at)},
      {"nextAttemptAt", next_attempt(pending, delivery.next_attempt_at)},
      {"finishedAt", delivery.finished_at ? Json(utc_text(*delivery.finished_at)) : Json(nullptr)},
      {"reason", delivery.reason}};
}

Json trip_json(const store::TripView& trip) {
  Json deliveries = Json::array();
  for (const store::Delivery& delivery : trip.deliveries) {
    deliveries.push_back(record_json(delivery));
  }
  Json history = Json::array();
  for (const store::HistoryEntry& entry : trip.history) {
    history.push_back({{"at", utc_text(entry.at)},
                       {"state", store::to_text(entry.state)},
                       {"reason", entry.reason}});
  }
  return {{"tripId", trip.trip_id},
          {"purchaseId", trip.purchase_id},
          {"sequence", trip.sequence},
          {"entry", store::to_text(trip.entry)},
          {"startedAt", utc_text(trip.started_at)},
          {"receivedAt", utc_text(trip.received_at)},
          {"cartBytes", trip.cart_bytes},
          {"differingCarts", trip.differing_carts},
          {"deliveries", std::move(deliveries)},
          {"settlement", trip.settlement ? settlement_json(*trip.settlement) : Json(nullptr)},
          {"history", std::move(history)}};
}

}  // namespace gatehouse::local
