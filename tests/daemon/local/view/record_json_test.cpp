#include "daemon/local/view/record_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;

store::TripView a_trip() {
  store::TripView trip;
  trip.sequence = 9;
  trip.trip_id = "T-1";
  trip.purchase_id = "P-1";
  trip.entry = store::Entry::card;
  trip.started_at = WallTime{1'746'144'000'000ms};
  trip.received_at = WallTime{1'746'144'318'250ms};
  trip.cart_bytes = 812;
  store::Delivery delivery;
  delivery.id = 17;
  delivery.trip_id = "T-1";
  delivery.purchase_id = "P-1";
  delivery.created_at = trip.received_at;
  delivery.attempts = 2;
  delivery.next_attempt_at = trip.received_at + 30s;
  delivery.reason = "status 503";
  delivery.payload = "never shown";
  trip.deliveries.push_back(delivery);
  trip.settlement = store::Settlement{.trip_sequence = 9,
                                      .trip_id = "T-1",
                                      .purchase_id = "P-1",
                                      .state = store::SettlementState::adjust_due,
                                      .amount = Money{1599, "USD"},
                                      .started_at = trip.started_at,
                                      .attempts = 1,
                                      .next_attempt_at = WallTime{},
                                      .changed_at = trip.received_at,
                                      .reason = ""};
  trip.history.push_back({trip.received_at, store::SettlementState::awaiting_price, ""});
  return trip;
}

TEST(TripJson, HasItsPublicForm) {
  EXPECT_EQ(trip_json(a_trip(), std::chrono::hours(46)).dump(2), R"({
  "tripId": "T-1",
  "purchaseId": "P-1",
  "sequence": 9,
  "storeId": null,
  "entry": "card",
  "startedAt": "2025-05-02T00:00:00.000Z",
  "receivedAt": "2025-05-02T00:05:18.250Z",
  "cartBytes": 812,
  "differingCarts": 0,
  "deliveries": [
    {
      "id": 17,
      "tripId": "T-1",
      "purchaseId": "P-1",
      "kind": "cart",
      "state": "pending",
      "attempts": 2,
      "createdAt": "2025-05-02T00:05:18.250Z",
      "nextAttemptAt": "2025-05-02T00:05:48.250Z",
      "finishedAt": null,
      "reason": "status 503"
    }
  ],
  "settlement": {
    "state": "adjust_due",
    "amount": {
      "amount": "15.99",
      "code": "USD"
    },
    "approvedAmount": null,
    "partToCapture": null,
    "confirmedAmount": null,
    "attempts": 1,
    "nextAttemptAt": null,
    "changedAt": "2025-05-02T00:05:18.250Z",
    "chargeDeadlineAt": "2025-05-03T22:00:00.000Z",
    "heldFrom": null,
    "chargeUnclear": false,
    "withheld": false,
    "withheldBecause": null,
    "priceLedger": null,
    "adjustsSent": 0,
    "capturesSent": 0,
    "capturesNotDone": 0,
    "clearLooks": 0,
    "reconciliationBefore": null,
    "reason": ""
  },
  "refunds": [],
  "decision": null,
  "history": [
    {
      "at": "2025-05-02T00:05:18.250Z",
      "state": "awaiting_price",
      "reason": ""
    }
  ]
})");
}

TEST(TripJson, SaysNullWhereThereIsNothingToSettle) {
  store::TripView trip = a_trip();
  trip.settlement.reset();
  EXPECT_TRUE(trip_json(trip, std::chrono::hours(46))["settlement"].is_null());
}

TEST(RecordJson, SaysWhenItWasFinishedAndNoNextAttempt) {
  store::Delivery delivery = a_trip().deliveries.front();
  delivery.state = store::DeliveryState::set_aside;
  delivery.finished_at = delivery.created_at;
  const auto json = record_json(delivery);
  EXPECT_EQ(json["state"], "set_aside");
  EXPECT_EQ(json["finishedAt"], "2025-05-02T00:05:18.250Z");
  EXPECT_TRUE(json["nextAttemptAt"].is_null());
}

}  // namespace
}  // namespace gatehouse::local
