-- Charges that wait for a person: what the payments desk is told of them, and when.

-- part: chargeable
-- Open, and neither in doubt nor held: what can become overdue.
({settlement.awaiting_price}, {settlement.adjust_due}, {settlement.adjust_sent},
 {settlement.capture_due}, {settlement.capture_sent}, {settlement.checkout_due},
 {settlement.checkout_sent});

-- part: always_asks
-- Whatever else is known of the charge.
({settlement.held}, {settlement.capture_unknown}, {settlement.not_granted});

-- part: asks
-- Whether somebody is to be told of this charge.
({state in always_asks} OR (withheld = 1 AND {state in may_charge})
  OR (unpriceable = 1 AND amount_minor IS NULL AND state = {settlement.awaiting_price})
  OR (overdue_told = 1 AND {state in chargeable}));

-- part: may_ask
-- The very words of the partial index settlement_ask.
ask_at_ms IS NOT NULL AND question_pending = 0;

-- part: waits_for_a_call
-- What can become overdue, while no call is under way.
({settlement.awaiting_price}, {settlement.adjust_due}, {settlement.capture_due},
 {settlement.checkout_due});

-- part: not_yet_overdue
-- The very words of the partial index settlement_overdue, in their order.
overdue_told = 0 AND {state in waits_for_a_call};

-- name: due_questions
-- ?1 the latest time that is due, ?2 the latest that can be meant, ?3 limit. From both ends of the
-- index, as due_looks.
SELECT trip_sequence FROM (
  SELECT * FROM (SELECT trip_sequence FROM settlement INDEXED BY settlement_ask
    WHERE {may_ask} AND ask_at_ms <= ?1 ORDER BY ask_at_ms LIMIT ?3)
  UNION ALL
  SELECT * FROM (SELECT trip_sequence FROM settlement INDEXED BY settlement_ask
    WHERE {may_ask} AND ask_at_ms > ?2 ORDER BY ask_at_ms DESC LIMIT ?3))
  LIMIT ?3;

-- name: next_question
SELECT min(ask_at_ms) FROM settlement INDEXED BY settlement_ask WHERE {may_ask};

-- name: overdue_charges
-- ?1 trips that began before this time, ?2 limit.
SELECT trip_sequence FROM settlement INDEXED BY settlement_overdue
  WHERE {not_yet_overdue} AND started_at_ms < ?1 ORDER BY started_at_ms LIMIT ?2;

-- name: next_to_be_overdue
-- When the trip began that is overdue next.
SELECT min(started_at_ms) FROM settlement INDEXED BY settlement_overdue WHERE {not_yet_overdue};

-- name: question_of_trip
-- ?1 trip sequence.
SELECT ask_at_ms, question_pending, asks, unpriceable, overdue_told FROM settlement
  WHERE trip_sequence = ?1;

-- name: captures_of_trip
-- ?1 trip sequence, ?2 limit. The last one first.
SELECT at_ms FROM settlement_history INDEXED BY settlement_history_by_trip
  WHERE trip_sequence = ?1 AND state = {settlement.capture_sent} ORDER BY id DESC LIMIT ?2;

-- name: look_of_trip
-- ?1 trip sequence.
SELECT at_ms, terminal_id, reconciliation_id, card_statement_transaction_id FROM look_shown
  WHERE trip_sequence = ?1;

-- name: note_question
-- ?1 trip sequence, ?2 now, after its charge has moved. What is new of one that waits for a person
-- alone is told at once; what goes on by itself, at its next turn.
UPDATE settlement SET ask_at_ms = CASE
    WHEN NOT {asks} THEN NULL
    WHEN withheld = 1 OR state = {settlement.awaiting_price} OR {state in always_asks}
      THEN min(coalesce(ask_at_ms, ?2), ?2)
    ELSE coalesce(ask_at_ms, ?2) END
  WHERE trip_sequence = ?1 AND (ask_at_ms IS NOT NULL OR {asks});

-- name: note_unpriceable
-- ?1 trip sequence, ?2 now. Another time than before, so that what is being asked without knowing of it is
-- asked anew (ask).
UPDATE settlement SET unpriceable = 1, ask_at_ms = min(coalesce(ask_at_ms - 1, ?2), ?2)
  WHERE trip_sequence = ?1 AND state = {settlement.awaiting_price};

-- name: note_overdue
-- ?1 trip sequence, ?2 now.
UPDATE settlement SET overdue_told = 1, ask_at_ms = coalesce(ask_at_ms, ?2)
  WHERE trip_sequence = ?1 AND {not_yet_overdue};

-- name: ask_about_withheld
-- ?1 now.
UPDATE settlement INDEXED BY settlement_withheld SET ask_at_ms = ?1
  WHERE withheld = 1 AND ask_at_ms IS NULL AND state <> {settlement.not_granted};

-- name: ask
-- ?1 trip sequence, ?2 state, ?3 clear looks and ?4 ask_at_ms as they were read, ?5 next time (NULL:
-- nothing happens of itself). Gives the revision; no row where any of that has changed.
UPDATE settlement SET ask_at_ms = ?5, asks = asks + 1, revisions = revisions + 1, question_pending = 1,
    captures_told = captures_sent,
    told_from_revision = iif(captures_told = captures_sent, told_from_revision, revisions + 1)
  WHERE trip_sequence = ?1 AND state = ?2 AND clear_looks = ?3 AND ask_at_ms = ?4
    AND question_pending = 0
  RETURNING revisions;

-- name: drop_question
-- ?1 trip sequence, ?2 state and ?3 ask_at_ms as they were read.
UPDATE settlement SET ask_at_ms = NULL, overdue_told = 0
  WHERE trip_sequence = ?1 AND state = ?2 AND ask_at_ms = ?3;

-- name: forget_questions
-- ?1 trip sequence: records that are replaced by the one that is about to be written.
DELETE FROM delivery WHERE id IN (SELECT id FROM delivery INDEXED BY delivery_by_trip
  WHERE trip_sequence = ?1 AND kind = {kind.open_question} AND state <> {delivery.pending});

-- name: renew_question
-- ?1 trip sequence, after the state of one of its deliveries has changed.
UPDATE settlement SET question_pending = EXISTS (SELECT 1 FROM delivery INDEXED BY delivery_by_trip
    WHERE delivery.trip_sequence = ?1 AND kind = {kind.open_question}
      AND delivery.state = {delivery.pending})
  WHERE trip_sequence = ?1;

-- name: next_revision
-- ?1 trip sequence.
UPDATE settlement SET revisions = revisions + 1 WHERE trip_sequence = ?1 RETURNING revisions;

-- name: write_look
-- ?1 trip sequence, ?2 at, ?3 terminal id, ?4 reconciliation id, ?5 card statement transaction id.
INSERT INTO look_shown (trip_sequence, at_ms, terminal_id, reconciliation_id,
                             card_statement_transaction_id) VALUES (?1, ?2, ?3, ?4, ?5)
  ON CONFLICT (trip_sequence) DO UPDATE SET at_ms = ?2, terminal_id = ?3, reconciliation_id = ?4,
    card_statement_transaction_id = ?5;
