-- What is made of a damaged ledger (store/ledger/salvage/): stand-ins for rows that are lost, so that what
-- is known of a trip stays with it, and holds where two rows contradict each other. All of it runs once, in a
-- new file, before anybody serves it.

-- part: of_a_trip
-- Whatever names a trip.
(SELECT trip_sequence FROM delivery UNION SELECT trip_sequence FROM settlement
  UNION SELECT trip_sequence FROM settlement_history UNION SELECT trip_sequence FROM differing_cart
  UNION SELECT trip_sequence FROM trip_store UNION SELECT trip_sequence FROM refund
  UNION SELECT trip_sequence FROM decision UNION SELECT trip_sequence FROM checkout_cart
  UNION SELECT trip_sequence FROM look_shown);

-- part: of_a_charge
-- Whatever only a trip with a charge has.
(SELECT trip_sequence FROM settlement_history UNION SELECT trip_sequence FROM refund
  UNION SELECT trip_sequence FROM checkout_cart UNION SELECT trip_sequence FROM look_shown);

-- name: trips_not_there
-- Trips that other rows name, and that have none themselves.
SELECT trip_sequence FROM {of_a_trip} WHERE trip_sequence NOT IN (SELECT sequence FROM trip);

-- name: key_of_lost_cart
-- ?1 trip sequence. The idempotency key of its cart, which has the trip's id in it.
SELECT idempotency_key FROM delivery WHERE trip_sequence = ?1 AND kind = {kind.cart};

-- name: store_of_lost_trip
-- ?1 trip sequence.
SELECT store_id FROM trip_store WHERE trip_sequence = ?1;

-- name: insert_lost_trip
-- ?1 sequence, ?2 trip id, ?3 purchase id, ?4 when it was salvaged, ?5 how it was entered. Its bytes are never used: no cart has that SHA-256.
INSERT INTO trip (sequence, trip_id, purchase_id, entry, started_at_ms, received_at_ms, fingerprint, cart,
                  cart_sha256)
  VALUES (?1, ?2, ?3, ?5,
    coalesce((SELECT started_at_ms FROM settlement WHERE trip_sequence = ?1), ?4),
    coalesce((SELECT min(created_at_ms) FROM delivery WHERE trip_sequence = ?1), ?4), x'', x'', zeroblob(32));

-- name: charges_not_there
-- Trips that had a charge, and have none.
SELECT trip_sequence FROM {of_a_charge}
  WHERE trip_sequence NOT IN (SELECT trip_sequence FROM settlement);

-- name: insert_lost_charge
-- ?1 trip sequence, ?2 reason, ?3 now. Anything may have happened to it.
INSERT INTO settlement (trip_sequence, state, started_at_ms, next_attempt_ms, changed_at_ms, reason, held_from,
                        charge_unclear, captures_sent)
  SELECT sequence, {settlement.held}, started_at_ms, ?3, ?3, ?2, {settlement.capture_due}, 1, 1
    FROM trip WHERE sequence = ?1
  ON CONFLICT DO NOTHING;

-- part: last_in_history
(SELECT history.state FROM settlement_history AS history
  WHERE history.trip_sequence = settlement.trip_sequence ORDER BY history.id DESC LIMIT 1);

-- name: contradicted_charges
-- Another state than the last one of their history, or a capture in it that they do not count.
SELECT trip_sequence FROM settlement
  WHERE state <> coalesce({last_in_history}, state)
    OR (captures_sent = 0 AND EXISTS (SELECT 1 FROM settlement_history AS history
      WHERE history.trip_sequence = settlement.trip_sequence AND history.state = {settlement.capture_sent}));

-- name: hold_contradicted
-- ?1 trip sequence, ?2 reason, ?3 now.
UPDATE settlement SET held_from = iif(state IN ({settlement.held}, {settlement.expired}), held_from, state),
    state = {settlement.held}, charge_unclear = 1, captures_sent = max(captures_sent, captures_not_done + 1),
    cancels_left = max(cancels_left, EXISTS (SELECT 1 FROM settlement_history AS history
      WHERE history.trip_sequence = settlement.trip_sequence AND history.state = {settlement.cancel_sent})),
    reason = ?2, changed_at_ms = ?3, next_attempt_ms = ?3, captures_told = NULL
  WHERE trip_sequence = ?1;

-- name: withhold_read_in_part
-- ?1 trip sequence, ?2 reason: of a charge that hold_contradicted holds. What could not be read is what stops most: a cancel
-- left, so there is no call to charge it any more; it is withheld after the gap is accepted, too, as where it was
-- charged elsewhere (that record is none that is sent: end_elsewhere does not take it, for a capture counts as made).
UPDATE settlement SET reason = ?2, cancels_left = max(cancels_left, 1), withheld = 1, was_withheld = 1, vouched = 0,
    elsewhere_record = coalesce(elsewhere_record, ''), amount_minor = iif(currency IS NULL, NULL, amount_minor)
  WHERE trip_sequence = ?1;

-- name: hold_unknown_trip
-- ?1 trip sequence, ?2 reason, ?3 now: of a trip whose id is lost, so that no call can name it.
UPDATE settlement SET held_from = iif(state = {settlement.held}, held_from, state),
    state = {settlement.held}, charge_unclear = 0, withheld = 1, reason = ?2, changed_at_ms = ?3
  WHERE trip_sequence = ?1 AND state NOT IN ({settlement.captured}, {settlement.cancelled},
    {settlement.declined}, {settlement.checked_out}, {settlement.settled_elsewhere}, {settlement.written_off});

-- name: insert_lost_delivery
-- ?1 id (NULL: a new one), ?2 trip sequence, ?3 kind, ?4 state, ?5 key, ?6 now, ?7 reason. Its bytes are never sent: none have
-- that SHA-256. A cart's are those of its trip.
INSERT INTO delivery (id, trip_sequence, kind, state, idempotency_key, payload, created_at_ms,
                      next_attempt_ms, finished_at_ms, reason, unclear, payload_sha256, damaged)
  VALUES (?1, ?2, ?3, ?4, ?5, iif(?3 = {kind.cart}, NULL, x''), ?6, ?6, ?6, ?7, 1,
    iif(?3 = {kind.cart}, NULL, zeroblob(32)), iif(?4 = {delivery.set_aside}, 1, 0))
  ON CONFLICT DO NOTHING;

-- name: trips_without_cart
-- Each has had a delivery of its cart.
SELECT sequence, trip_id FROM trip WHERE NOT EXISTS (SELECT 1 FROM delivery
  WHERE delivery.trip_sequence = trip.sequence AND delivery.kind IN ({kind.cart}, {kind.refused_cart}));

-- name: refunds_without_delivery
SELECT delivery_id, trip_sequence FROM refund WHERE delivery_id NOT IN (SELECT id FROM delivery);

-- name: deliveries_without_refund
-- Refunds that have or had to reach Amazon, and whose amount is lost.
SELECT id, trip_sequence FROM delivery
  WHERE kind = {kind.refund} AND id NOT IN (SELECT delivery_id FROM refund);

-- name: insert_lost_refund
-- ?1 trip sequence, ?2 delivery id, ?3 request id, ?4 reason. It counts as all that was captured, so that nothing is given back
-- twice; where that is not known for sure, as more than any price that comes later.
INSERT INTO refund (trip_sequence, request_id, amount_minor, currency, reason_code, unclear, delivery_id)
  SELECT trip_sequence, ?3, coalesce(iif(state IN ({settlement.details_due}, {settlement.captured}),
      coalesce(capture_minor, amount_minor), NULL), 1000000000000000), coalesce(currency, ''), ?4, 1, ?2
    FROM settlement WHERE trip_sequence = ?1
  ON CONFLICT DO NOTHING;

-- name: refunds_of_two_trips
-- Refunds whose delivery belongs to another trip, or is that of something else: the delivery, and the trip of each of the two.
SELECT delivery.id, refund.trip_sequence, delivery.trip_sequence
  FROM refund CROSS JOIN delivery ON delivery.id = refund.delivery_id
  WHERE delivery.trip_sequence <> refund.trip_sequence OR delivery.kind <> {kind.refund};

-- name: trips_of_refund
-- ?1 refund id: as refunds_of_two_trips.
SELECT delivery.id, refund.trip_sequence, delivery.trip_sequence
  FROM refund JOIN delivery ON delivery.id = refund.delivery_id WHERE refund.id = ?1;

-- name: lacks_lost_refund
-- ?1 trip sequence. A trip that is there, and has no stand-in for a refund.
SELECT sequence FROM trip WHERE sequence = ?1 AND NOT EXISTS (SELECT 1 FROM refund
  WHERE trip_sequence = ?1 AND unclear = 1 AND request_id = 'lost:' || delivery_id);

-- name: set_aside_lost
-- ?1 delivery id, ?2 now, ?3 reason: whatever state it is in, but one that is delivered.
UPDATE delivery SET state = {delivery.set_aside}, finished_at_ms = ?2, next_attempt_ms = ?2, reason = ?3,
    damaged = 1, ready_lane = NULL
  WHERE id = ?1 AND state IN ({delivery.pending}, {delivery.set_aside});

-- name: set_aside_lost_cart
-- ?1 trip sequence, ?2 now, ?3 reason: the same of its cart.
UPDATE delivery SET state = {delivery.set_aside}, finished_at_ms = ?2, next_attempt_ms = ?2, reason = ?3,
    damaged = 1, ready_lane = NULL
  WHERE trip_sequence = ?1 AND kind = {kind.cart} AND state IN ({delivery.pending}, {delivery.set_aside});

-- name: doubt_lost_refunds
-- Whatever became of a delivery that is set aside here: it counts as given back.
UPDATE refund SET unclear = 1 WHERE delivery_id IN (SELECT id FROM delivery WHERE damaged = 1);

-- name: forget_lost_forwarding
-- A refused cart whose delivery is lost, and of which nothing tells what it was.
UPDATE refused_cart SET delivery_id = NULL
  WHERE delivery_id IS NOT NULL AND delivery_id NOT IN (SELECT id FROM delivery);

-- name: clear_lanes
UPDATE delivery SET ready_lane = NULL WHERE state <> {delivery.pending} AND ready_lane IS NOT NULL;

-- name: trips_with_pending
SELECT DISTINCT trip_sequence FROM delivery WHERE state = {delivery.pending};

-- name: renew_all_questions
UPDATE settlement SET question_pending = 0 WHERE question_pending = 1
  AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.trip_sequence = settlement.trip_sequence
    AND delivery.kind = {kind.open_question} AND delivery.state = {delivery.pending});

-- name: outdate_decisions
-- A word from before the damage knows nothing of it.
UPDATE decision SET captures_known = -1 WHERE state = {decision.pending};

-- name: reserve_numbers
-- ?1 table, ?2 as of skip_given_numbers, where no row of it was taken over.
INSERT INTO sqlite_sequence (name, seq) SELECT ?1, ?2
  WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1);

-- name: skip_given_numbers
-- ?1 table, ?2 the highest that may have been given: it is never given again.
UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1;
