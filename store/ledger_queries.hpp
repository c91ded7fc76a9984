#pragma once

#include <string>

#include "store/ledger_records.hpp"

// Private to ledger_reader.cpp and to the test that looks at their plans: the SQL of the reads.
// Rows of deliveries and settlements have the columns that read_delivery() and read_settlement()
// expect, in that order.
namespace gatehouse::store::queries {

/// ?1 now, ?2 the latest time that can be meant, ?3 limit. `direction` is "ASC" or "DESC".
[[nodiscard]] std::string due_deliveries(Lane lane, const std::string& direction);
/// ?1 now, ?2 the latest time that can be meant, ?3 limit.
[[nodiscard]] std::string due_settlements();
[[nodiscard]] std::string least_tried_settlement();
[[nodiscard]] std::string next_delivery(Lane lane);
[[nodiscard]] std::string next_settlement();
/// ?1 limit.
[[nodiscard]] std::string oldest_without_price();

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

[[nodiscard]] std::string totals();
[[nodiscard]] std::string delivery_states();
[[nodiscard]] std::string oldest_pending();
[[nodiscard]] std::string settlement_states();
/// ?1 trips that began after this time.
[[nodiscard]] std::string expired_lately();

}  // namespace gatehouse::store::queries
