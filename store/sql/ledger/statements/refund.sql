-- Money to give back. How far a refund is, is its delivery's state.

-- name: find_refund
-- ?1 request id. What tells one refund from another, and how far it is.
SELECT trip.trip_id, amount_minor, currency, reason_code, delivery.state
  FROM refund JOIN trip ON trip.sequence = refund.trip_sequence
    JOIN delivery ON delivery.id = refund.delivery_id
  WHERE request_id = ?1;

-- name: refunded_minor
-- ?1 trip sequence, ?2 a delivery that is left out (0: none). Of those that were neither set aside nor
-- withdrawn, or may have had their effect all the same.
SELECT coalesce(sum(amount_minor), 0)
  FROM refund JOIN delivery ON delivery.id = refund.delivery_id
  WHERE refund.trip_sequence = ?1 AND (delivery.state NOT IN ({delivery.set_aside}, {delivery.withdrawn}) OR refund.unclear)
    AND delivery.id <> ?2;

-- name: insert_refund
-- ?1 trip sequence, ?2 request id, ?3 amount in minor units, ?4 currency, ?5 reason, ?6 delivery.
INSERT INTO refund (trip_sequence, request_id, amount_minor, currency, reason_code, delivery_id)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: refund_and_charge
-- ?1 delivery id: of a refund, what its trip was charged, its own amount, how far it is, and whether it may
-- have had its effect.
SELECT refund.trip_sequence, settlement.state,
    coalesce(settlement.capture_minor, settlement.amount_minor), settlement.currency,
    refund.amount_minor, refund.currency, delivery.state, refund.unclear
  FROM refund JOIN delivery ON delivery.id = refund.delivery_id
    JOIN settlement ON settlement.trip_sequence = refund.trip_sequence
  WHERE delivery.id = ?1;

-- name: doubt_refund
-- ?1 delivery id, whether it is a refund's or not.
UPDATE refund SET unclear = 1 WHERE delivery_id = ?1;

-- name: clear_refund
-- ?1 delivery id: a person says that it had no effect.
UPDATE refund SET unclear = 0 WHERE delivery_id = ?1;

-- name: end_refund
-- ?1 delivery id, ?2 state, ?3 now, ?4 reason: a person ends it. renew_order follows.
UPDATE delivery SET state = ?2, damaged = 0, next_attempt_ms = ?3, finished_at_ms = ?3, reason = ?4,
    ready_lane = NULL, conflict_since_ms = NULL, refused_status = NULL
  WHERE id = ?1 AND kind = {kind.refund} AND state <> {delivery.delivered};

-- part: pending_refunds
-- Nothing else is in this lane, and nothing holds up a refund.
(SELECT id FROM delivery INDEXED BY delivery_ready WHERE ready_lane = {lane.amazon});

-- name: doubt_pending_refunds
UPDATE refund SET unclear = 1 WHERE delivery_id IN {pending_refunds} AND unclear = 0;

-- name: set_aside_refunds
-- ?1 now, ?2 reason: those that are pending. doubt_pending_refunds comes first.
UPDATE delivery SET state = {delivery.set_aside}, next_attempt_ms = ?1, finished_at_ms = ?1, reason = ?2,
    ready_lane = NULL, refused_status = NULL
  WHERE id IN {pending_refunds};

-- name: refunds_withdrawn
-- Those that a person has withdrawn and that still count: how many, and of the last one its record and trip.
SELECT count(*), max(delivery.id), trip.trip_id
  FROM delivery INDEXED BY delivery_by_state
  CROSS JOIN refund ON refund.delivery_id = delivery.id
  CROSS JOIN trip ON trip.sequence = refund.trip_sequence
  WHERE delivery.state = {delivery.withdrawn} AND delivery.kind = {kind.refund} AND refund.unclear = 1;

-- name: refund_of_delivery
-- ?1 delivery id.
SELECT trip_sequence, request_id FROM refund WHERE delivery_id = ?1;

-- name: refunds_of_trip
-- ?1 trip sequence. The columns of read_refund(), in its order.
SELECT request_id, amount_minor, currency, reason_code, delivery_id FROM refund
  WHERE trip_sequence = ?1 ORDER BY id;
