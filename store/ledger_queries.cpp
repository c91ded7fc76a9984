#include "store/ledger_queries.hpp"

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
    " WHERE cart.trip_sequence = settlement.trip_sequence)"
    " FROM settlement JOIN trip ON trip.sequence = settlement.trip_sequence ";

// ?1 is now, ?2 the latest time that can be meant. Beyond it, the wall clock has jumped.
const std::string time_has_come = "(next_attempt_ms <= ?1 OR next_attempt_ms > ?2)";
// The very words of the partial indexes settlement_due and delivery_to_amazon, without which they
// are not used.
const std::string has_work = "state IN (2, 4, 6, 7, 9, 15)";
const std::string to_amazon = "kind IN (3, 4)";

std::string in_lane(Lane lane) {
  return lane == Lane::amazon ? to_amazon : "kind NOT IN (3, 4)";
}

// Ids count up, so what is earlier in a trip has the smaller id. Carts come first by themselves,
// and a refund needs no order: nothing that is stuck may hold up money.
std::string nothing_earlier_pending(Lane lane) {
  return "(kind IN (1, 3) OR NOT EXISTS (SELECT 1 FROM delivery AS earlier"
         " WHERE earlier.trip_sequence = delivery.trip_sequence AND earlier.id < delivery.id"
         " AND earlier.state = 1 AND earlier." +
         in_lane(lane) + "))";
}

}  // namespace

// What is due is chosen first, from the index, so that only its payloads are read.
std::string due_deliveries(Lane lane, const std::string& direction) {
  const std::string index = lane == Lane::amazon ? "delivery_to_amazon" : "delivery_by_state";
  return "SELECT " + delivery_columns + ", coalesce(delivery.payload, trip.cart)" +
         delivery_with_trip + "WHERE delivery.id IN (SELECT id FROM delivery INDEXED BY " + index +
         " WHERE state = 1 AND " + in_lane(lane) + " AND " + time_has_come + " AND " +
         nothing_earlier_pending(lane) + " ORDER BY id " + direction +
         " LIMIT ?3) ORDER BY delivery.id " + direction;
}

std::string least_tried_settlement() {
  return settlement_with_trip +
         "WHERE settlement.trip_sequence IN (SELECT trip_sequence FROM settlement"
         " INDEXED BY settlement_due WHERE " +
         has_work + " AND " + time_has_come +
         ") ORDER BY settlement.attempts,"
         " settlement.started_at_ms LIMIT ?3";
}

std::string due_settlements() {
  return settlement_with_trip +
         "WHERE settlement.trip_sequence IN (SELECT trip_sequence FROM settlement"
         " INDEXED BY settlement_due WHERE " +
         has_work + " AND " + time_has_come +
         " ORDER BY started_at_ms LIMIT ?3) ORDER BY settlement.started_at_ms";
}

std::string next_delivery(Lane lane) {
  if (lane == Lane::amazon) {  // few, and never looked for among the cloud's
    return "SELECT min(next_attempt_ms) FROM delivery INDEXED BY delivery_to_amazon WHERE state = 1"
           " AND " +
           to_amazon + " AND " + nothing_earlier_pending(lane);
  }
  return "SELECT next_attempt_ms FROM delivery INDEXED BY delivery_by_time WHERE state = 1 AND " +
         in_lane(lane) + " AND " + nothing_earlier_pending(lane) +
         " ORDER BY next_attempt_ms LIMIT 1";
}

std::string oldest_without_price() {
  return settlement_with_trip +
         "WHERE settlement.state = 1 ORDER BY settlement.started_at_ms LIMIT ?1";
}

std::string checkout_cart() {
  return "SELECT cart FROM checkout_cart WHERE trip_sequence = ?1";
}

std::string cart_of_trip() {
  return "SELECT cart FROM trip WHERE sequence = ?1";
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

std::string expired_lately() {
  return "SELECT count(*) FROM settlement WHERE state = 14 AND started_at_ms > ?1";
}

std::string settlement_states() {
  return "SELECT state, count(*), min(started_at_ms) FROM settlement GROUP BY state";
}

}  // namespace gatehouse::store::queries
