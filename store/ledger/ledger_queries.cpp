#include "store/ledger/ledger_queries.hpp"

namespace gatehouse::store::queries {
namespace {

const std::string delivery_columns =
    "delivery.id, delivery.trip_sequence, trip.trip_id, trip.purchase_id, delivery.kind,"
    " delivery.state, delivery.idempotency_key, delivery.created_at_ms, delivery.attempts,"
    " delivery.next_attempt_ms, delivery.finished_at_ms, delivery.reason, delivery.unclear";
const std::string delivery_with_trip =
    " FROM delivery JOIN trip ON trip.sequence = delivery.trip_sequence ";
const std::string settlement_with_trip =
    "SELECT settlement.trip_sequence, trip.trip_id, trip.purchase_id, settlement.state,"
    " settlement.amount_minor, settlement.currency, settlement.started_at_ms,"
    " settlement.attempts, settlement.next_attempt_ms, settlement.changed_at_ms,"
    " settlement.reason, settlement.held_from, settlement.charge_unclear,"
    " EXISTS (SELECT 1 FROM checkout_cart AS cart"
    " WHERE cart.trip_sequence = settlement.trip_sequence), settlement.withheld,"
    " settlement.captures_sent, settlement.captures_not_done, settlement.clear_looks"
    " FROM settlement JOIN trip ON trip.sequence = settlement.trip_sequence ";

// ?1 is now, ?2 the latest time that can be meant. Beyond it, the wall clock has jumped.
const std::string time_has_come = "(next_attempt_ms <= ?1 OR next_attempt_ms > ?2)";
// The very words of the partial indexes settlement_due and settlement_look, without which they are
// not used.
const std::string has_work = "state IN (2, 4, 7, 9, 15) AND withheld = 0";
const std::string in_doubt =
    "charge_unclear = 1 AND state IN (6, 13) AND coalesce(held_from, 0) NOT IN (15, 16)";

std::string is_to_amazon(const std::string& kind) {
  return "(" + kind + " IN (3, 4))";
}

/// What ready_lane should be for a pending delivery of this trip, kind and id (SQL each). Ids count
/// up, so what is earlier in a trip has the smaller id. Carts come first by themselves, and a
/// refund needs no order: nothing that is stuck may hold up money.
std::string ready_lane(const std::string& trip, const std::string& kind, const std::string& id) {
  return "iif(" + kind +
         " IN (1, 3) OR NOT EXISTS (SELECT 1 FROM delivery AS earlier"
         " INDEXED BY delivery_by_trip WHERE earlier.trip_sequence = " +
         trip + " AND earlier.id < " + id + " AND earlier.state = 1 AND " +
         is_to_amazon("earlier.kind") + " = " + is_to_amazon(kind) + "), iif(" +
         is_to_amazon(kind) + ", 2, 1), NULL)";
}

const std::string ready = " FROM delivery INDEXED BY delivery_ready WHERE ready_lane = ?1";
const std::string bytes_and_sha256 =
    "iif(delivery.kind = 1, trip.cart, delivery.payload),"
    " iif(delivery.kind = 1, trip.cart_sha256, delivery.payload_sha256)";

}  // namespace

// From the index alone: neither the table nor a payload is read for a choice.
std::string due_deliveries(const std::string& direction) {
  return "SELECT id, trip_sequence, attempts" + ready +
         " AND next_attempt_ms <= ?2 ORDER BY next_attempt_ms " + direction + ", id " + direction +
         " LIMIT ?3";
}

std::string jumped_deliveries() {
  return "SELECT id, trip_sequence, attempts" + ready +
         " AND next_attempt_ms > ?2 ORDER BY next_attempt_ms, id LIMIT ?3";
}

std::string delivery() {
  return "SELECT " + delivery_columns + ", " + bytes_and_sha256 + delivery_with_trip +
         "WHERE delivery.id = ?1 AND delivery.trip_sequence = ?2 AND delivery.state = 1";
}

// From the index alone, as a delivery: damage in the table costs the one charge that it hit.
std::string least_tried_settlements() {
  return "SELECT trip_sequence FROM settlement INDEXED BY settlement_due WHERE " + has_work +
         " AND " + time_has_come + " ORDER BY attempts, started_at_ms LIMIT ?3";
}

std::string due_settlements() {
  return "SELECT trip_sequence FROM settlement INDEXED BY settlement_due WHERE " + has_work +
         " AND " + time_has_come + " ORDER BY started_at_ms LIMIT ?3";
}

std::string sent_settlements() {
  return "SELECT trip_sequence FROM settlement INDEXED BY settlement_by_state"
         " WHERE state IN (3, 5, 8, 16)";
}

// From both ends of the index: what comes due at last, and what a clock that went back has left
// too far ahead.
std::string due_looks() {
  const std::string looks =
      "SELECT trip_sequence, next_attempt_ms FROM settlement INDEXED BY settlement_look WHERE " +
      in_doubt + " AND next_attempt_ms ";
  return "SELECT trip_sequence FROM (SELECT * FROM (" + looks +
         "<= ?1 ORDER BY next_attempt_ms LIMIT ?3) UNION ALL SELECT * FROM (" + looks +
         "> ?2 ORDER BY next_attempt_ms DESC LIMIT ?3)) ORDER BY next_attempt_ms LIMIT ?3";
}

std::string next_look() {
  return "SELECT min(next_attempt_ms) FROM settlement INDEXED BY settlement_look WHERE " + in_doubt;
}

std::string captures_unclear() {
  return "SELECT count(*), min(started_at_ms) FROM settlement INDEXED BY settlement_look WHERE " +
         in_doubt;
}

std::string next_delivery() {
  return "SELECT next_attempt_ms" + ready + " ORDER BY next_attempt_ms LIMIT 1";
}

std::string checkout_cart() {
  return "SELECT cart, cart_sha256 FROM checkout_cart WHERE trip_sequence = ?1";
}

std::string cart_of_trip() {
  return "SELECT cart, cart_sha256 FROM trip WHERE sequence = ?1";
}

std::string refunds_of_trip() {
  return "SELECT request_id, amount_minor, currency, reason_code, delivery_id FROM refund"
         " WHERE trip_sequence = ?1 ORDER BY id";
}

std::string next_settlement() {
  return "SELECT min(next_attempt_ms) FROM settlement INDEXED BY settlement_due WHERE " + has_work;
}

std::string trip() {
  return "SELECT sequence, trip_id, purchase_id, entry, started_at_ms, received_at_ms,"
         " length(cart), (SELECT count(*) FROM differing_cart WHERE trip_sequence = sequence)"
         " FROM trip WHERE trip_id = ?1";
}

std::string deliveries_of_trip() {
  return "SELECT " + delivery_columns + delivery_with_trip +
         "WHERE delivery.trip_sequence = ?1 ORDER BY delivery.id";
}

std::string settlement_of_trip() {
  return settlement_with_trip + "WHERE settlement.trip_sequence = ?1";
}

std::string history_of_trip() {
  return "SELECT at_ms, state, reason FROM settlement_history WHERE trip_sequence = ?1 ORDER BY id";
}

std::string delivery_page() {
  return "SELECT " + delivery_columns + delivery_with_trip +
         "WHERE delivery.id > ?1 ORDER BY delivery.id LIMIT ?2";
}

std::string delivery_page_of_state() {
  return "SELECT " + delivery_columns + delivery_with_trip +
         "WHERE delivery.state = ?1 AND delivery.id > ?2 ORDER BY delivery.id LIMIT ?3";
}

std::string insert_delivery() {
  // Its id will be greater than all that are there.
  return "INSERT INTO delivery (trip_sequence, kind, state, idempotency_key, payload,"
         " created_at_ms, next_attempt_ms, payload_sha256, ready_lane)"
         " VALUES (?1, ?2, 1, ?3, ?4, ?5, ?5, ?6, " +
         ready_lane("?1", "?2", "9223372036854775807") + ")";
}

std::string renew_order() {
  const std::string now = "iif(state = 1, " +
                          ready_lane("delivery.trip_sequence", "delivery.kind", "delivery.id") +
                          ", NULL)";
  return "UPDATE delivery INDEXED BY delivery_by_trip SET ready_lane = " + now +
         " WHERE trip_sequence = ?1 AND ready_lane IS NOT " + now;
}

std::string bytes_of_delivery() {
  return "SELECT " + bytes_and_sha256 + delivery_with_trip + "WHERE delivery.id = ?1";
}

std::string damaged_deliveries() {
  return "SELECT count(*) FROM delivery INDEXED BY delivery_damaged WHERE damaged = 1";
}

std::string settlement_page_of_state() {
  return settlement_with_trip +
         "WHERE settlement.state = ?1 AND (settlement.started_at_ms, settlement.trip_sequence) >"
         " (coalesce((SELECT started_at_ms FROM settlement WHERE trip_sequence = ?2),"
         " -9223372036854775807), ?2)"
         " ORDER BY settlement.started_at_ms, settlement.trip_sequence LIMIT ?3";
}

std::string totals() {
  return "SELECT (SELECT count(*) FROM trip), (SELECT count(*) FROM differing_cart)";
}

std::string delivery_states() {
  return "SELECT state, count(*) FROM delivery GROUP BY state";
}

std::string oldest_pending() {
  return "SELECT created_at_ms FROM delivery INDEXED BY delivery_by_state"
         " WHERE state = 1 ORDER BY id LIMIT 1";
}

std::string expired_recently() {
  return "SELECT count(*) FROM settlement WHERE state = 14 AND started_at_ms > ?1";
}

std::string settlement_states() {
  return "SELECT state, count(*), min(started_at_ms) FROM settlement GROUP BY state";
}

}  // namespace gatehouse::store::queries
