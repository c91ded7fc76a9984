-- What is in the ledger, counted (LedgerReader::counts).

-- name: totals
SELECT (SELECT count(*) FROM trip), (SELECT count(*) FROM differing_cart);

-- name: damaged_deliveries
SELECT count(*) FROM delivery INDEXED BY delivery_damaged WHERE damaged = 1;

-- name: delivery_states
SELECT state, count(*) FROM delivery GROUP BY state;

-- name: pending_elsewhere
-- How many wait for Amazon, and how many for its feedback host: the others are the cloud's.
SELECT sum(CASE kind {lanes} = {lane.amazon}), sum(CASE kind {lanes} = {lane.feedback})
  FROM delivery INDEXED BY delivery_by_state WHERE state = {delivery.pending};

-- name: oldest_pending
SELECT created_at_ms FROM delivery INDEXED BY delivery_by_state
  WHERE state = {delivery.pending} ORDER BY id LIMIT 1;

-- name: settlement_states
SELECT state, count(*), min(started_at_ms) FROM settlement GROUP BY state;

-- name: captures_unclear
SELECT count(*), min(started_at_ms) FROM settlement INDEXED BY settlement_look WHERE {in_doubt};

-- name: unsound_evidence
-- How many trips showed it, and the last of them.
SELECT count(*), max(trip_sequence) FROM settlement INDEXED BY settlement_unsound
  WHERE evidence_unsound = 1;

-- name: prices_unusable
-- Gives how many, and of the one whose trip began last: that start, the trip's id and the reason. Of
-- what waits for a price that never came the settlement alone is read. (Ledgers of 0.1 have the reason
-- alone; a person who held it and let it go has taken that away.)
SELECT count(*), max(settlement.started_at_ms), trip.trip_id, delivery.reason
  FROM settlement INDEXED BY settlement_by_state
  CROSS JOIN delivery INDEXED BY delivery_by_trip ON delivery.trip_sequence = settlement.trip_sequence
  CROSS JOIN trip ON trip.sequence = settlement.trip_sequence
  WHERE settlement.state = {settlement.awaiting_price}
    AND (settlement.reason <> '' OR settlement.unpriceable = 1)
    AND delivery.kind = {kind.cart} AND delivery.state = {delivery.delivered} AND delivery.reason <> '';

-- name: key_conflicts
-- ?1 those that were set aside after this time, and all that are pending. How many, and since when the
-- first.
SELECT count(*), min(conflict_since_ms) FROM delivery INDEXED BY delivery_conflict
  WHERE conflict_since_ms IS NOT NULL AND coalesce(finished_at_ms, 9223372036854775807) > ?1;

-- name: in_state_recently
-- ?1 state, ?2 trips that began after this time.
SELECT count(*) FROM settlement WHERE state = ?1 AND started_at_ms > ?2;

-- name: last_not_granted
-- Of the trip that began last: its id, and why it is not charged here.
SELECT trip.trip_id, settlement.reason FROM settlement INDEXED BY settlement_by_state
  JOIN trip ON trip.sequence = settlement.trip_sequence
  WHERE settlement.state = {settlement.not_granted} ORDER BY settlement.started_at_ms DESC LIMIT 1;

-- name: carts_after_empty
-- ?1 carts that came after this time. Gives how many, and of the last one when it came and its trip. What
-- a person has decided about is no question any more.
SELECT count(*), max(cart.received_at_ms), trip.trip_id
  FROM differing_cart AS cart INDEXED BY differing_cart_after_empty
  CROSS JOIN trip ON trip.sequence = cart.trip_sequence
  LEFT JOIN settlement ON settlement.trip_sequence = cart.trip_sequence
  WHERE cart.after_empty = 1 AND cart.received_at_ms > ?1
    AND (settlement.held_from IS NULL OR settlement.state = {settlement.held});
