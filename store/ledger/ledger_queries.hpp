#pragma once

#include <string>

// Private to the ledger and to the test that looks at their plans: the SQL of the reads, and what
// keeps the order of a trip's deliveries.
// Rows of deliveries and settlements have the columns that read_delivery() and read_settlement()
// expect, in that order.
namespace gatehouse::store::queries {

/// ?1 lane, ?2 now, ?3 limit. `direction` is "ASC" or "DESC". Rows of DueDelivery.
[[nodiscard]] std::string due_deliveries(const std::string& direction);
/// ?1 lane, ?2 the latest time that can be meant, ?3 limit: beyond it, the wall clock has jumped.
[[nodiscard]] std::string jumped_deliveries();
/// ?1 id, ?2 trip sequence: one that is pending, then its bytes and their SHA-256.
[[nodiscard]] std::string delivery();
/// ?1 now, ?2 the latest time that can be meant, ?3 limit.
[[nodiscard]] std::string due_settlements();
[[nodiscard]] std::string least_tried_settlements();
/// ?1 lane.
[[nodiscard]] std::string next_delivery();
[[nodiscard]] std::string sent_settlements();
[[nodiscard]] std::string next_settlement();
/// ?1 now, ?2 the latest time that can be meant, ?3 limit.
[[nodiscard]] std::string due_looks();
[[nodiscard]] std::string next_look();

/// ?1 trip id.
[[nodiscard]] std::string trip();
/// ?1 trip sequence, as in those below.
[[nodiscard]] std::string deliveries_of_trip();
[[nodiscard]] std::string settlement_of_trip();
[[nodiscard]] std::string history_of_trip();
[[nodiscard]] std::string refunds_of_trip();
[[nodiscard]] std::string checkout_cart();
[[nodiscard]] std::string cart_of_trip();

/// ?1 after this id, ?2 limit.
[[nodiscard]] std::string delivery_page();
/// ?1 state, ?2 after this id, ?3 limit.
[[nodiscard]] std::string delivery_page_of_state();
/// ?1 state, ?2 after this trip (0: from the beginning), ?3 limit.
[[nodiscard]] std::string settlement_page_of_state();

/// ?1 trip sequence, ?2 kind, ?3 key, ?4 payload, ?5 now, ?6 SHA-256 of the payload.
[[nodiscard]] std::string insert_delivery();
/// ?1 trip sequence, after the state of one of its deliveries has changed.
[[nodiscard]] std::string renew_order();
/// ?1 delivery id: its bytes and their SHA-256.
[[nodiscard]] std::string bytes_of_delivery();

[[nodiscard]] std::string totals();
[[nodiscard]] std::string damaged_deliveries();
[[nodiscard]] std::string delivery_states();
[[nodiscard]] std::string oldest_pending();
[[nodiscard]] std::string settlement_states();
[[nodiscard]] std::string captures_unclear();
/// ?1 trips that began after this time.
[[nodiscard]] std::string expired_recently();

}  // namespace gatehouse::store::queries
