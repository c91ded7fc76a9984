-- The outbox: what may be sent next, how an attempt ended, and the order within a trip.

-- part: delivery_columns
-- What read_delivery() reads, in its order.
delivery.id, delivery.trip_sequence, trip.trip_id, trip.purchase_id, delivery.kind, delivery.state,
delivery.idempotency_key, delivery.created_at_ms, delivery.attempts, delivery.next_attempt_ms,
delivery.finished_at_ms, delivery.reason, delivery.unclear,
(SELECT store_id FROM trip_store WHERE trip_store.trip_sequence = delivery.trip_sequence);

-- part: delivery_with_trip
delivery JOIN trip ON trip.sequence = delivery.trip_sequence;

-- part: bytes_and_sha256
-- The bytes of a cart are those of its trip.
iif(delivery.kind = {kind.cart}, trip.cart, delivery.payload),
iif(delivery.kind = {kind.cart}, trip.cart_sha256, delivery.payload_sha256);

-- part: lanes
-- The lane of a kind, after the kind, as lane_of() says.
WHEN {kind.refund} THEN {lane.amazon} WHEN {kind.payment_status} THEN {lane.feedback}
  ELSE {lane.cloud} END;

-- part: kinds_without_order
-- Carts come first by themselves, and a refund needs no order: nothing that is stuck may hold up
-- money.
({kind.cart}, {kind.refund});

-- part: holds_up
-- Whether `earlier` holds up more than open questions: they may be refused for ever, and which record
-- of a trip is the newer one is in its revision.
earlier.kind <> {kind.open_question};

-- part: ready
-- ?1 lane: those that nothing blocks, from the index alone: neither the table nor a payload is read
-- for a choice.
delivery INDEXED BY delivery_ready WHERE ready_lane = ?1;

-- name: oldest_due_deliveries
-- ?1 lane, ?2 now, ?3 limit. Rows of DueDelivery.
SELECT id, trip_sequence, attempts, next_attempt_ms FROM {ready} AND next_attempt_ms <= ?2
  ORDER BY next_attempt_ms ASC, id ASC LIMIT ?3;

-- name: newest_due_deliveries
-- As the one before, from the live end.
SELECT id, trip_sequence, attempts, next_attempt_ms FROM {ready} AND next_attempt_ms <= ?2
  ORDER BY next_attempt_ms DESC, id DESC LIMIT ?3;

-- name: jumped_deliveries
-- ?1 lane, ?2 the latest time that can be meant, ?3 limit: beyond it, the wall clock has jumped.
SELECT id, trip_sequence, attempts, next_attempt_ms FROM {ready} AND next_attempt_ms > ?2
  ORDER BY next_attempt_ms, id LIMIT ?3;

-- name: next_delivery_due
-- ?1 lane.
SELECT next_attempt_ms FROM {ready} ORDER BY next_attempt_ms LIMIT 1;

-- name: pending_delivery
-- ?1 id, ?2 trip sequence: one that is pending, its bytes and their SHA-256, who sends it, and why the
-- gate refused it, where it is such a cart.
SELECT {delivery_columns}, {bytes_and_sha256},
    (SELECT id || '.' || era FROM ledger_identity WHERE only = 1),
    iif(delivery.kind = {kind.refused_cart},
        (SELECT reason FROM refused_cart WHERE delivery_id = delivery.id), '')
  FROM {delivery_with_trip}
  WHERE delivery.id = ?1 AND delivery.trip_sequence = ?2 AND delivery.state = {delivery.pending};

-- name: bytes_of_delivery
-- ?1 id: its bytes and their SHA-256.
SELECT {bytes_and_sha256} FROM {delivery_with_trip} WHERE delivery.id = ?1;

-- name: deliveries_of_trip
-- ?1 trip sequence.
SELECT {delivery_columns} FROM {delivery_with_trip}
  WHERE delivery.trip_sequence = ?1 ORDER BY delivery.id;

-- name: delivery_page
-- ?1 after this id, ?2 limit.
SELECT {delivery_columns} FROM {delivery_with_trip}
  WHERE delivery.id > ?1 ORDER BY delivery.id LIMIT ?2;

-- name: delivery_page_of_state
-- ?1 state, ?2 after this id, ?3 limit.
SELECT {delivery_columns} FROM {delivery_with_trip}
  WHERE delivery.state = ?1 AND delivery.id > ?2 ORDER BY delivery.id LIMIT ?3;

-- name: place_of_delivery
-- ?1 id. Its kind, and the first of its trip that holds it up, as in renew_order; NULL: none does.
SELECT delivery.kind, iif(delivery.state = {delivery.pending} AND delivery.ready_lane IS NULL,
    (SELECT min(earlier.id) FROM delivery AS earlier INDEXED BY delivery_by_trip
      WHERE earlier.trip_sequence = delivery.trip_sequence AND earlier.id < delivery.id
        AND earlier.state = {delivery.pending}
        AND ({holds_up} OR delivery.kind = {kind.open_question})
        AND CASE earlier.kind {lanes} = CASE delivery.kind {lanes}), NULL)
  FROM delivery WHERE delivery.id = ?1;

-- name: insert_delivery
-- ?1 trip sequence, ?2 kind, ?3 key, ?4 payload, ?5 now, ?6 SHA-256 of the payload. ready_lane as in
-- renew_order: its id will be greater than all that are there, so each of them is earlier.
INSERT INTO delivery (trip_sequence, kind, state, idempotency_key, payload, created_at_ms,
                      next_attempt_ms, payload_sha256, ready_lane)
  VALUES (?1, ?2, {delivery.pending}, ?3, ?4, ?5, ?5, ?6,
    iif(?2 IN {kinds_without_order}
          OR NOT EXISTS (SELECT 1 FROM delivery AS earlier INDEXED BY delivery_by_trip
            WHERE earlier.trip_sequence = ?1 AND earlier.state = {delivery.pending}
              AND ({holds_up} OR ?2 = {kind.open_question})
              AND CASE earlier.kind {lanes} = CASE ?2 {lanes}),
        CASE ?2 {lanes}, NULL));

-- part: ready_lane_now
-- What ready_lane should be. Ids count up, so what is earlier in a trip has the smaller id.
iif(state = {delivery.pending},
    iif(delivery.kind IN {kinds_without_order}
          OR NOT EXISTS (SELECT 1 FROM delivery AS earlier INDEXED BY delivery_by_trip
            WHERE earlier.trip_sequence = delivery.trip_sequence AND earlier.id < delivery.id
              AND earlier.state = {delivery.pending}
              AND ({holds_up} OR delivery.kind = {kind.open_question})
              AND CASE earlier.kind {lanes} = CASE delivery.kind {lanes}),
        CASE delivery.kind {lanes}, NULL),
    NULL);

-- name: renew_order
-- ?1 trip sequence, after the state of one of its deliveries has changed.
UPDATE delivery INDEXED BY delivery_by_trip SET ready_lane = {ready_lane_now}
  WHERE trip_sequence = ?1 AND ready_lane IS NOT {ready_lane_now};

-- name: count_of_key
-- ?1 trip sequence, ?2 idempotency key. By the rows of the trip and not by the index of keys, which refuses a
-- second one: where one of the two indexes is damaged, the other one still keeps a record from being made twice.
SELECT count(*) FROM delivery INDEXED BY delivery_by_trip
  WHERE trip_sequence = ?1 AND idempotency_key = ?2;

-- name: count_of_kind
-- ?1 trip sequence, ?2 kind.
SELECT count(*) FROM delivery WHERE trip_sequence = ?1 AND kind = ?2;

-- name: find_delivery
-- ?1 id. Gives trip sequence, state and kind.
SELECT delivery.trip_sequence, delivery.state, delivery.kind FROM {delivery_with_trip}
  WHERE delivery.id = ?1;

-- name: record_attempt
-- ?1 id, ?2 state, ?3 next attempt at, ?4 finished at, ?5 reason, ?6 unclear, ?7 another request may
-- have its key, ?8 it has, ?9 now, ?10 the status it was refused with (NULL: it was not), ?11 it counts as
-- an attempt. What is delivered stays delivered, and what was withdrawn while it was under way is that or
-- delivered. renew_order follows where the state has changed.
-- A refused cart is never charged, so another one under its key is no alarm; nor is what a person has ended.
UPDATE delivery SET state = iif({stays_withdrawn}, state, ?2), attempts = attempts + ?11,
    next_attempt_ms = ?3, finished_at_ms = iif({stays_withdrawn}, finished_at_ms, ?4),
    reason = iif({stays_withdrawn}, reason, ?5), unclear = unclear OR ?6,
    conflict_since_ms = iif(kind = {kind.refused_cart} OR {stays_withdrawn}, NULL,
      iif(?7, coalesce(conflict_since_ms, ?9), iif(?8, 0, NULL))),
    ready_lane = iif(?2 = {delivery.pending}, ready_lane, NULL), refused_status = ?10
  WHERE id = ?1 AND state <> {delivery.delivered};

-- name: refused_since
-- ?1 since, ?2 limit. The last ones first: id, trip id, kind, status, when.
SELECT delivery.id, trip.trip_id, delivery.kind, delivery.refused_status, delivery.finished_at_ms
  FROM delivery INDEXED BY delivery_refused CROSS JOIN trip ON trip.sequence = delivery.trip_sequence
  WHERE delivery.refused_status IS NOT NULL AND delivery.finished_at_ms > ?1
    AND delivery.state = {delivery.set_aside}
  ORDER BY delivery.finished_at_ms DESC LIMIT ?2;

-- name: newest_delivered
-- ?1 limit: kind, and when.
SELECT kind, finished_at_ms FROM delivery INDEXED BY delivery_by_state
  WHERE state = {delivery.delivered} ORDER BY id DESC LIMIT ?1;

-- part: stays_withdrawn
-- Of record_attempt.
(state = {delivery.withdrawn} AND ?2 <> {delivery.delivered});

-- name: withdraw_reports
-- ?1 trip sequence, ?2 now, ?3 reason. Not what a person said was settled.
UPDATE delivery SET state = {delivery.withdrawn}, damaged = 0, finished_at_ms = ?2, reason = ?3,
    ready_lane = NULL
  WHERE id IN (SELECT id FROM delivery INDEXED BY delivery_by_trip
    WHERE trip_sequence = ?1 AND kind = {kind.payment_status}
      AND by_person = 0 AND state IN ({delivery.pending}, {delivery.set_aside}));

-- name: keep_report
-- ?1 id of the last report of its trip: a person's.
UPDATE delivery SET by_person = 1 WHERE id = ?1;

-- name: state_of_delivery
-- ?1 id.
SELECT state FROM delivery WHERE id = ?1;

-- name: retry_delivery
-- ?1 id, ?2 now. Gives the trip sequence, for renew_order.
UPDATE delivery SET state = {delivery.pending}, next_attempt_ms = ?2, finished_at_ms = NULL,
    damaged = 0, refused_status = NULL
  WHERE id = ?1 AND state NOT IN ({delivery.delivered}, {delivery.withdrawn})
  RETURNING trip_sequence;

-- name: set_aside_damaged
-- ?1 id, ?2 now, ?3 reason. Gives the trip sequence, for renew_order.
UPDATE delivery SET state = {delivery.set_aside}, damaged = 1, next_attempt_ms = ?2,
    finished_at_ms = ?2, reason = ?3, ready_lane = NULL
  WHERE id = ?1 AND state = {delivery.pending} RETURNING trip_sequence;
