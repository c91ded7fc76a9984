#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/local/view/status_json.hpp"
#include "tests/daemon/local/warnings/facts_of_a_good_day.hpp"

namespace gatehouse::local {
namespace {

using namespace std::chrono_literals;

// The schema is public: a change here breaks somebody's monitoring.
constexpr auto* golden_status = R"({
  "version": "1.2.3",
  "storeId": "STORE-7",
  "now": "2025-05-02T00:05:18.250Z",
  "startedAt": "2025-04-30T22:00:18.250Z",
  "uptimeSeconds": 93900,
  "health": "critical",
  "parts": [
    {
      "part": "gate",
      "state": "well",
      "since": null,
      "code": "",
      "text": ""
    },
    {
      "part": "cache",
      "state": "well",
      "since": null,
      "code": "",
      "text": ""
    },
    {
      "part": "ledger",
      "state": "well",
      "since": null,
      "code": "",
      "text": ""
    },
    {
      "part": "disk",
      "state": "degraded",
      "since": null,
      "code": "not_known",
      "text": "how much space is left has not been measured"
    },
    {
      "part": "clock",
      "state": "degraded",
      "since": null,
      "code": "not_known",
      "text": "nothing has confirmed this machine's clock yet"
    },
    {
      "part": "feed",
      "state": "well",
      "since": null,
      "code": "",
      "text": ""
    },
    {
      "part": "cloud",
      "state": "well",
      "since": null,
      "code": "",
      "text": ""
    },
    {
      "part": "amazon",
      "state": "degraded",
      "since": null,
      "code": "settlements_held",
      "text": "1 charges wait for an operator: see the reason with `gatehouse trip show ID`, then run `gatehouse trip release ID` (or `--all`) or `cancel ID`"
    },
    {
      "part": "credentials",
      "state": "well",
      "since": null,
      "code": "",
      "text": ""
    },
    {
      "part": "local_api",
      "state": "well",
      "since": null,
      "code": "",
      "text": ""
    },
    {
      "part": "installation",
      "state": "well",
      "since": null,
      "code": "",
      "text": ""
    }
  ],
  "warnings": [
    {
      "code": "settlements_held",
      "severity": "critical",
      "part": "amazon",
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
    "pendingRefunds": 0,
    "pendingReports": 0,
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
      "longestWaitSeconds": null,
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
      "longestWaitSeconds": null,
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
      "longestWaitSeconds": null,
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
      "longestWaitSeconds": null,
      "successes": 0,
      "failures": 0,
      "lastSuccessAt": null,
      "lastFailureAt": null,
      "lastError": "",
      "nextProbeInSeconds": null
    }
  }
})";

TEST(StatusJson, HasItsPublicForm) {
  const Facts facts = eventful_day();
  EXPECT_EQ(status_json(facts, health_of(facts)).dump(2), golden_status);
}

TEST(StatusJson, IsOkWithNothingWorseThanANotice) {
  Facts facts = good_day();
  EXPECT_EQ(status_json(facts, health_of(facts))["health"], "ok");
  facts.ledger.differing_carts = 1;
  EXPECT_EQ(status_json(facts, health_of(facts))["health"], "ok");
  facts.ledger.set_aside = 1;
  EXPECT_EQ(status_json(facts, health_of(facts))["health"], "warning");
}

TEST(StatusJson, SaysNullOfATimeThatNeverCame) {
  Facts facts = good_day();
  facts.process.sync.feed.position.synced_at.reset();
  const auto status = status_json(facts, health_of(facts));
  EXPECT_TRUE(status["cache"]["syncedAt"].is_null());
  EXPECT_TRUE(status["cache"]["ageSeconds"].is_null());
  EXPECT_TRUE(status["deliveries"]["oldestPendingAt"].is_null());
  EXPECT_TRUE(status["settlement"]["chargeDeadlineAt"].is_null());
}

}  // namespace
}  // namespace gatehouse::local
