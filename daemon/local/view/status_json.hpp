#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/local/facts/facts.hpp"
#include "daemon/local/parts/health.hpp"

namespace gatehouse::local {

/// The answer of GET /local/v1/status. Stable: fields are added, never renamed or removed. Times
/// are RFC 3339 in UTC or null, durations whole seconds, counts since the ledger was made (the
/// gate's, the feed's and the destinations': since the start).
///
///   version, storeId, now, startedAt, uptimeSeconds
///   parts[]              part, state ("well" | "degraded" | "failed"), since, code and text of the
///                        gravest reason ('' while it is well); always all, in one order
///   health               "ok" | "warning" | "critical": the worst of the warnings ("ok" if
///   notices) warnings[]           code, severity, part, text; the worst first gate listening[],
///   connections, scans{outcome: n}, carts{answer: n} cache                shoppers, complete,
///   syncedAt, ageSeconds feed                 configured, changesApplied, documentsIgnored,
///   lastError ledger               trips, differingCarts, trouble deliveries           pending,
///   delivered, setAside, oldestPendingAt, oldestPendingAgeSeconds settlement           enabled,
///   open, awaitingPrice, captured, cancelled, declined, held,
///                        oldestUnchargedTripAt, chargeDeadlineAt
///   credentials          needed, source, role, usable, issuedAt, expiresAt, expiresInSeconds,
///                        lastError, usedFor: the keys of [aws]
///   ownCredentials       feed, cloud, as far as they have a role of their own: the same of its
///   keys destinations         cloud, payments: configured, reachable, inFlight, successes,
///   failures,
///                        lastSuccessAt, lastFailureAt, lastError
[[nodiscard]] nlohmann::ordered_json status_json(const Facts& facts, const Health& judged);

}  // namespace gatehouse::local
