#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/local/view/record_json.hpp"
#include "daemon/local/view/status_json.hpp"
#include "daemon/local/view/status_page.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// The schema is public: a change here breaks somebody's monitoring.
constexpr auto* golden_status = R"({
  "version": "1.2.3",
  "storeId": "STORE-7",
  "now": "2025-05-02T00:05:18.250Z",
  "startedAt": "2025-04-30T22:00:18.250Z",
  "uptimeSeconds": 93900,
  "health": "critical",
  "warnings": [
    {
      "code": "settlements_held",
      "severity": "critical",
      "text": "1 charges wait for an operator: see the reason with `gatehouse trip show ID`, then run `gatehouse trip release ID` (or `--all`) or `cancel ID`"
    }
  ],
  "gate": {
    "listening": [
      "127.0.0.1:8080"
    ],
    "connections": 3,
    "bodyBytes": 2097152,
    "bodiesRefused": 0,
    "bodiesRefusedAt": null,
    "scans": {
      "accepted": 1204,
      "unknown": 12
    },
    "identityKeys": {},
    "scanDetails": {},
    "shopperAuthorizations": {
      "denied": 2
    },
    "carts": {
      "recorded": 301,
      "repeated": 0
    },
    "cartsRefused": {
      "kept": 0
    },
    "cartsTurnedAway": {
      "unauthorised": 0,
      "tooLarge": 0,
      "lastAt": null
    }
  },
  "cache": {
    "shoppers": 1000000,
    "complete": true,
    "syncedAt": "2025-05-02T00:05:06.250Z",
    "ageSeconds": 12,
    "condition": "well",
    "conditionSince": null,
    "reason": "",
    "changesBeside": 0,
    "replacements": 0
  },
  "feed": {
    "configured": true,
    "changesApplied": 1000200,
    "documentsIgnored": 2,
    "documentsUnclear": 0,
    "shoppersUnclear": 0,
    "rowsFlawed": {
      "no_id": 0,
      "no_document": 0,
      "too_large": 0,
      "unreadable": 0,
      "shopper": 0,
      "instrument": 0,
      "loyalty": 0
    },
    "lastFlawed": [],
    "rebuilding": false,
    "lastError": ""
  },
  "disk": {
    "freeBytes": null,
    "sizeBytes": null,
    "growthBytesPerDay": null,
    "reserveBytes": 0,
    "reserveTrouble": ""
  },
  "ledger": {
    "name": "a-uuid.2",
    "trips": 301,
    "differingCarts": 0,
    "open": true,
    "trouble": "",
    "damage": "",
    "quarantined": 0,
    "refusedCarts": {
      "kept": 0,
      "bytes": 0,
      "waiting": 0,
      "recently": 0,
      "lastAt": null,
      "notKept": 0,
      "notKeptAt": null
    },
    "witnessTrouble": "",
    "gap": null,
    "withheldCharges": {
      "count": 0,
      "withoutPrice": 0,
      "amounts": []
    }
  },
  "deliveries": {
    "pending": 1,
    "delivered": 301,
    "setAside": 0,
    "damaged": 0,
    "keyConflicts": 0,
    "oldestPendingAt": "2025-05-02T00:04:18.250Z",
    "oldestPendingAgeSeconds": 60
  },
  "settlement": {
    "enabled": true,
    "open": 1,
    "awaitingPrice": 0,
    "captured": 98,
    "cancelled": 0,
    "declined": 0,
    "held": 1,
    "capturesUnclear": 0,
    "decisionsRefused": 0,
    "oldestUnclearTripAt": null,
    "evidenceUnsound": false,
    "expired": 0,
    "checkedOut": 0,
    "notGranted": 0,
    "settledElsewhere": 0,
    "writtenOff": 0,
    "oldestUnchargedTripAt": "2025-05-01T23:05:18.250Z",
    "chargeDeadlineAt": "2025-05-03T21:05:18.250Z"
  },
  "credentials": {
    "needed": true,
    "source": "iot",
    "role": "arn:aws:iam::123456789012:role/gatehouse",
    "usable": true,
    "issuedAt": "2025-05-01T23:57:18.250Z",
    "expiresAt": "2025-05-02T00:57:18.750Z",
    "expiresInSeconds": 3120,
    "lastError": "",
    "usedFor": "charges"
  },
  "ownCredentials": {},
  "clock": {
    "state": "doubtful",
    "hostsThatAgree": 0,
    "hostsThatDisagree": 0,
    "aheadSeconds": null,
    "kernelSynchronised": false,
    "newestConfirmedAt": null,
    "unconfirmedSeconds": 0,
    "steps": 0,
    "lastStepMilliseconds": 0
  },
  "destinations": {
    "cloud": {
      "configured": true,
      "reachable": true,
      "inFlight": 0,
      "successes": 301,
      "failures": 4,
      "lastSuccessAt": "2025-05-02T00:05:17.250Z",
      "lastFailureAt": null,
      "lastError": "",
      "nextProbeInSeconds": null
    },
    "payments": {
      "configured": true,
      "reachable": true,
      "inFlight": 1,
      "successes": 98,
      "failures": 0,
      "lastSuccessAt": null,
      "lastFailureAt": null,
      "lastError": "",
      "nextProbeInSeconds": null
    },
    "refunds": {
      "configured": false,
      "reachable": true,
      "inFlight": 0,
      "successes": 0,
      "failures": 0,
      "lastSuccessAt": null,
      "lastFailureAt": null,
      "lastError": "",
      "nextProbeInSeconds": null
    },
    "reports": {
      "configured": false,
      "reachable": true,
      "inFlight": 0,
      "successes": 0,
      "failures": 0,
      "lastSuccessAt": null,
      "lastFailureAt": null,
      "lastError": "",
      "nextProbeInSeconds": null
    }
  }
})";

Facts eventful_day() {
  Facts facts = good_day();
  facts.ledger.pending = 1;
  facts.ledger.oldest_pending_at = facts.now - 1min;
  facts.ledger.settlement_open = 1;
  facts.ledger.held = 1;
  facts.ledger.oldest_uncharged_trip_at = facts.now - 1h;
  return facts;
}

TEST(StatusJson, HasItsPublicForm) {
  const Facts facts = eventful_day();
  EXPECT_EQ(status_json(facts, assess(facts)).dump(2), golden_status);
}

TEST(StatusJson, IsOkWithNothingWorseThanANotice) {
  Facts facts = good_day();
  EXPECT_EQ(status_json(facts, assess(facts))["health"], "ok");
  facts.ledger.differing_carts = 1;
  EXPECT_EQ(status_json(facts, assess(facts))["health"], "ok");
  facts.ledger.set_aside = 1;
  EXPECT_EQ(status_json(facts, assess(facts))["health"], "warning");
}

TEST(StatusJson, SaysNullOfATimeThatNeverCame) {
  Facts facts = good_day();
  facts.process.sync.feed.position.synced_at.reset();
  const auto status = status_json(facts, {});
  EXPECT_TRUE(status["cache"]["syncedAt"].is_null());
  EXPECT_TRUE(status["cache"]["ageSeconds"].is_null());
  EXPECT_TRUE(status["deliveries"]["oldestPendingAt"].is_null());
  EXPECT_TRUE(status["settlement"]["chargeDeadlineAt"].is_null());
}

TEST(StatusPage, ShowsTheNumbersOfTheStatus) {
  const Facts facts = eventful_day();
  const std::string page = status_page(status_json(facts, assess(facts)));
  EXPECT_THAT(page, HasSubstr("<h1>Gatehouse STORE-7 <span class=\"critical\">critical</span>"));
  EXPECT_THAT(page, HasSubstr("<td>shoppers</td><td>1000000</td>"));
  EXPECT_THAT(page, HasSubstr("<td>oldest pending at</td><td>2025-05-02T00:04:18.250Z</td>"));
  EXPECT_THAT(page, HasSubstr("<td>scans: accepted</td><td>1204</td>"));
  EXPECT_THAT(page, HasSubstr("<td>cloud: reachable</td><td>yes</td>"));
  EXPECT_THAT(page, HasSubstr("1 charges wait for an operator"));
  EXPECT_THAT(page, HasSubstr("http-equiv=\"refresh\" content=\"5\""));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST(StatusPage, TakesNothingForMarkup) {
  Facts facts = good_day();
  facts.process.sync.feed.last_error = "<script>alert(\"x\")</script>&";
  const std::string page = status_page(status_json(facts, assess(facts)));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;"));
}

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
