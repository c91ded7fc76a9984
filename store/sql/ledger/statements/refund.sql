-- Money to give back. How far a refund is, is its delivery's state.

-- name: find_refund
-- ?1 request id. What tells one refund from another.
SELECT trip.trip_id, amount_minor, currency, reason_code
  FROM refund JOIN trip ON trip.sequence = refund.trip_sequence WHERE request_id = ?1;

-- name: refunded_minor
-- ?1 trip sequence, ?2 a delivery that is left out (0: none). Of those that were not set aside, or
-- may have had their effect all the same.
SELECT coalesce(sum(amount_minor), 0)
  FROM refund JOIN delivery ON delivery.id = refund.delivery_id
  WHERE refund.trip_sequence = ?1 AND (delivery.state <> {delivery.set_aside} OR refund.unclear)
    AND delivery.id <> ?2;

-- name: insert_refund
-- ?1 trip sequence, ?2 request id, ?3 amount in minor units, ?4 currency, ?5 reason, ?6 delivery.
INSERT INTO refund (trip_sequence, request_id, amount_minor, currency, reason_code, delivery_id)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: set_aside_refund
-- ?1 delivery id: of a refund that was set aside, what its trip was charged and its own amount.
SELECT refund.trip_sequence, settlement.state,
    coalesce(settlement.capture_minor, settlement.amount_minor), settlement.currency,
    refund.amount_minor, refund.currency
  FROM refund JOIN delivery ON delivery.id = refund.delivery_id
    JOIN settlement ON settlement.trip_sequence = refund.trip_sequence
  WHERE delivery.id = ?1 AND delivery.state = {delivery.set_aside};

-- name: doubt_refund
-- ?1 delivery id, whether it is a refund's or not.
UPDATE refund SET unclear = 1 WHERE delivery_id = ?1;

-- name: refund_of_delivery
-- ?1 delivery id.
SELECT trip_sequence, request_id FROM refund WHERE delivery_id = ?1;

-- name: refunds_of_trip
-- ?1 trip sequence. The columns of read_refund(), in its order.
SELECT request_id, amount_minor, currency, reason_code, delivery_id FROM refund
  WHERE trip_sequence = ?1 ORDER BY id;
