#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "store/ledger/records/delivery.hpp"
#include "store/ledger/records/refused_cart.hpp"
#include "store/ledger/records/trip.hpp"

namespace gatehouse::local {

/// A delivery: id, tripId, purchaseId, kind, state, attempts, createdAt, nextAttemptAt (null: not
/// pending, or at once), finishedAt, reason. Never its payload. Stable like the status.
[[nodiscard]] nlohmann::ordered_json record_json(const store::Delivery& delivery);

/// A charge in a list of them: tripId, startedAt, and what a trip's `settlement` has.
[[nodiscard]] nlohmann::ordered_json charge_json(const store::Settlement& settlement,
                                                 milliseconds charge_window);

/// A cart that was answered 400: id ("r7": no delivery's), tripId, kind "refused_cart", state
/// "refused" or "forwarded", reason, caller, times, bytes, createdAt, lastAt, record (its delivery
/// once it was forwarded, or null) and recordState. Never its bytes.
[[nodiscard]] nlohmann::ordered_json refused_json(const store::RefusedCart& cart);
[[nodiscard]] std::string refused_id(std::int64_t id);
/// nullopt: it is none of those.
[[nodiscard]] std::optional<std::int64_t> refused_id_from(std::string_view text);

/// A trip: tripId, purchaseId, sequence, entry, startedAt, receivedAt, cartBytes, differingCarts,
/// deliveries[], settlement (null where there is nothing to settle: state, amount{amount,code},
/// approvedAmount, partToCapture and confirmedAmount (as amount, or null), attempts, nextAttemptAt,
/// changedAt, chargeDeadlineAt, reason), history[] (at, state, reason).
[[nodiscard]] nlohmann::ordered_json trip_json(const store::TripView& trip,
                                               milliseconds charge_window);

}  // namespace gatehouse::local
