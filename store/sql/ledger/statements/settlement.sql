-- The charges: which is due, how one moves, and what was learned of it.

-- part: settlement_with_trip
-- The columns of read_settlement(), in its order.
SELECT settlement.trip_sequence, trip.trip_id, trip.purchase_id, settlement.state,
    settlement.amount_minor, settlement.currency, settlement.started_at_ms, settlement.attempts,
    settlement.next_attempt_ms, settlement.changed_at_ms, settlement.reason, settlement.held_from,
    settlement.charge_unclear,
    EXISTS (SELECT 1 FROM checkout_cart AS cart WHERE cart.trip_sequence = settlement.trip_sequence),
    settlement.withheld, settlement.captures_sent, settlement.captures_not_done,
    settlement.clear_looks, settlement.reconciliation_before,
    (SELECT store_id FROM trip_store WHERE trip_store.trip_sequence = settlement.trip_sequence),
    settlement.adjusts_sent, settlement.adjusts_not_counted, settlement.approved_minor,
    settlement.approved_currency, settlement.capture_minor, settlement.confirmed_minor,
    settlement.confirmed_currency, settlement.cancels_left,
    trip.purchase_id = '' AND EXISTS (SELECT 1 FROM differing_cart AS later
      WHERE later.trip_sequence = settlement.trip_sequence AND later.after_empty = 1),
    settlement.price_ledger, settlement.withheld_by_birth, settlement.was_withheld
  FROM settlement JOIN trip ON trip.sequence = settlement.trip_sequence;

-- part: due
-- The states in which the next step is a call of ours.
({settlement.adjust_due}, {settlement.capture_due}, {settlement.cancel_due},
 {settlement.details_due}, {settlement.checkout_due});

-- part: has_work
-- The very words of the partial index settlement_due, in their order, without which it is not used.
{state in due} AND withheld = 0;

-- part: in_doubt
-- The very words of the partial index settlement_look, in their order.
charge_unclear = 1 AND state IN ({settlement.capture_unknown}, {settlement.held})
  AND coalesce(held_from, 0) NOT IN ({settlement.checkout_due}, {settlement.checkout_sent});

-- part: may_charge
-- The states in which a charge may still be made, or may have been made without our knowing.
({settlement.awaiting_price}, {settlement.adjust_due}, {settlement.adjust_sent},
 {settlement.capture_due}, {settlement.capture_sent}, {settlement.capture_unknown},
 {settlement.held}, {settlement.checkout_due}, {settlement.checkout_sent},
 {settlement.not_granted});

-- part: may_charge_or_expired
-- As the one before, with those that a person may open again.
({settlement.awaiting_price}, {settlement.adjust_due}, {settlement.adjust_sent},
 {settlement.capture_due}, {settlement.capture_sent}, {settlement.capture_unknown},
 {settlement.held}, {settlement.expired}, {settlement.checkout_due}, {settlement.checkout_sent},
 {settlement.not_granted});

-- name: due_settlements
-- ?1 now, ?2 the latest time that can be meant, ?3 limit. Those that have waited longest, and then, from
-- the other end of the index, what a clock that went back has left too far ahead. From the index alone, as
-- a delivery: damage in the table costs the one charge that it hit.
SELECT trip_sequence FROM (
  SELECT * FROM (SELECT trip_sequence, next_attempt_ms, started_at_ms
    FROM settlement INDEXED BY settlement_due WHERE {has_work} AND next_attempt_ms <= ?1
    ORDER BY next_attempt_ms, started_at_ms LIMIT ?3)
  UNION ALL
  SELECT * FROM (SELECT trip_sequence, next_attempt_ms, started_at_ms
    FROM settlement INDEXED BY settlement_due WHERE {has_work} AND next_attempt_ms > ?2
    ORDER BY next_attempt_ms DESC LIMIT ?3))
  ORDER BY next_attempt_ms, started_at_ms LIMIT ?3;

-- name: newest_due_settlements
-- ?1 now, ?3 limit. Those that have come due last.
SELECT trip_sequence FROM settlement INDEXED BY settlement_due
  WHERE {has_work} AND next_attempt_ms <= ?1
  ORDER BY next_attempt_ms DESC, started_at_ms DESC LIMIT ?3;

-- name: next_settlement_due
SELECT min(next_attempt_ms) FROM settlement INDEXED BY settlement_due WHERE {has_work};

-- name: sent_settlements
SELECT trip_sequence FROM settlement INDEXED BY settlement_by_state
  WHERE state IN ({settlement.adjust_sent}, {settlement.capture_sent}, {settlement.cancel_sent},
                  {settlement.checkout_sent});

-- name: due_looks
-- ?1 now, ?2 the latest time that can be meant, ?3 limit. From both ends of the index: what comes
-- due at last, and what a clock that went back has left too far ahead.
SELECT trip_sequence FROM (
  SELECT * FROM (SELECT trip_sequence, next_attempt_ms FROM settlement INDEXED BY settlement_look
    WHERE {in_doubt} AND next_attempt_ms <= ?1 ORDER BY next_attempt_ms LIMIT ?3)
  UNION ALL
  SELECT * FROM (SELECT trip_sequence, next_attempt_ms FROM settlement INDEXED BY settlement_look
    WHERE {in_doubt} AND next_attempt_ms > ?2 ORDER BY next_attempt_ms DESC LIMIT ?3))
  ORDER BY next_attempt_ms LIMIT ?3;

-- name: next_look_due
SELECT min(next_attempt_ms) FROM settlement INDEXED BY settlement_look WHERE {in_doubt};

-- name: evidence_unsound
SELECT EXISTS (SELECT 1 FROM settlement INDEXED BY settlement_unsound WHERE evidence_unsound = 1);

-- name: declare_evidence_sound
-- ?1 limit. Gives their trips.
UPDATE settlement SET evidence_unsound = 0 WHERE trip_sequence IN (SELECT trip_sequence
  FROM settlement INDEXED BY settlement_unsound WHERE evidence_unsound = 1 LIMIT ?1)
  RETURNING trip_sequence;

-- name: withheld_trips
-- ?1 after this trip sequence, ?2 limit.
SELECT trip_sequence FROM settlement INDEXED BY settlement_withheld
  WHERE withheld = 1 AND trip_sequence > ?1 ORDER BY trip_sequence LIMIT ?2;

-- name: settlement_of_trip
-- ?1 trip sequence.
{settlement_with_trip} WHERE settlement.trip_sequence = ?1;

-- name: settlement_page_of_state
-- ?1 state, ?2 after this trip (0: from the beginning), ?3 limit.
{settlement_with_trip} WHERE settlement.state = ?1
  AND (settlement.started_at_ms, settlement.trip_sequence)
    > (coalesce((SELECT started_at_ms FROM settlement WHERE trip_sequence = ?2),
                -9223372036854775807), ?2)
  ORDER BY settlement.started_at_ms, settlement.trip_sequence LIMIT ?3;

-- name: history_of_trip
-- ?1 trip sequence.
SELECT at_ms, state, reason FROM settlement_history WHERE trip_sequence = ?1 ORDER BY id;

-- name: find_settlement
-- ?1 trip sequence. The trip id, and what a change leaves behind.
SELECT trip.trip_id, settlement.state, settlement.changed_at_ms, settlement.attempts,
    settlement.next_attempt_ms, settlement.reason
  FROM settlement JOIN trip ON trip.sequence = settlement.trip_sequence WHERE trip_sequence = ?1;

-- part: before_a_gap
-- Of insert_settlement.
EXISTS (SELECT 1 FROM ledger_gap WHERE kind <> {gap.witness_lost} AND found_at_ms + ?5 > ?3);

-- part: before_the_ledger
-- Of insert_settlement.
EXISTS (SELECT 1 FROM ledger_identity
  WHERE only = 1 AND born_at_ms - ?6 > ?3 AND born_at_ms - ?7 < ?3);

-- name: insert_settlement
-- ?1 trip sequence, ?2 state, ?3 started at, ?4 received at, ?5 gap_clock_tolerance, ?6
-- birth_tolerance and ?7 birth_doubt_max in ms. Withheld where a lost history may have charged the
-- trip, whether that gap was accepted or not: what was accepted is what was here, and Amazon repeats
-- carts; or another ledger, before this one.
INSERT INTO settlement (trip_sequence, state, started_at_ms, next_attempt_ms, changed_at_ms, withheld,
                        withheld_by_birth)
  VALUES (?1, ?2, ?3, ?4, ?4,
    ?2 <> {settlement.cancel_due} AND ({before_a_gap} OR {before_the_ledger}),
    ?2 <> {settlement.cancel_due} AND {before_the_ledger} AND NOT {before_a_gap});

-- part: charging
-- The intents that a withheld charge is refused.
({settlement.adjust_sent}, {settlement.capture_sent}, {settlement.checkout_sent});

-- name: update_settlement
-- ?1 trip sequence, ?2 state before, ?3 state after, ?4 attempts, ?5 next attempt at, ?6 reason,
-- ?7 now, ?8 charge cleared up, ?9 charge unclear, ?10 call not done, ?11 clear looks, ?12 what the look
-- before a capture showed (NULL where ?3 is capture_sent: none), ?13 the evidence is unsound, ?14 adjusts
-- not counted, ?15 and ?16 approved, ?17 part to capture, ?18 and ?19 confirmed price (NULL, from ?11 on:
-- as it is), ?20 only if it is withheld.
-- capture_minor: an adjust asks for the whole price again.
-- captures_told: a doubt that is raised, or a charge that is shown before the capture, is a question that no
-- record has told of.
-- withheld: once there is nothing more to charge, there is nothing to withhold.
-- Its conditions, after the state before: no intent to charge while it is withheld, whoever had
-- chosen this trip before; not to awaiting_price where its price came while somebody decided that it
-- should wait for one; and, whoever asks, no intent to adjust once a capture may have had its effect,
-- and none to adjust or capture once a cancel may have left.
UPDATE settlement SET state = ?3, attempts = ?4, next_attempt_ms = ?5, reason = ?6,
    changed_at_ms = iif(state = ?3, changed_at_ms, ?7),
    held_from = iif(?3 IN ({settlement.held}, {settlement.expired}) AND state <> ?3, state, held_from),
    charge_unclear = iif(?8, 0, charge_unclear OR ?9 OR ?3 = {settlement.capture_unknown}),
    captures_sent = captures_sent
      + (?3 = {settlement.capture_sent} AND state <> {settlement.capture_sent}),
    captures_not_done = captures_not_done
      + (?10 AND state = {settlement.capture_sent} AND ?3 <> {settlement.capture_sent}),
    clear_looks = coalesce(?11, clear_looks),
    reconciliation_before = iif(?3 = {settlement.capture_sent} AND state <> {settlement.capture_sent},
      ?12, coalesce(?12, reconciliation_before)),
    evidence_unsound = evidence_unsound OR ?13,
    adjusts_sent = adjusts_sent
      + (?3 = {settlement.adjust_sent} AND state <> {settlement.adjust_sent}),
    adjusts_not_counted = coalesce(?14, adjusts_not_counted),
    approved_minor = coalesce(?15, approved_minor),
    approved_currency = coalesce(?16, approved_currency),
    capture_minor = iif(?3 = {settlement.adjust_due}, NULL, coalesce(?17, capture_minor)),
    confirmed_minor = coalesce(?18, confirmed_minor),
    confirmed_currency = coalesce(?19, confirmed_currency),
    cancels_left = cancels_left
      + (?3 = {settlement.cancel_sent} AND state <> {settlement.cancel_sent})
      - (?10 AND state = {settlement.cancel_sent} AND ?3 <> {settlement.cancel_sent}),
    captures_told = iif((charge_unclear = 0 AND NOT ?8 AND (?9 OR ?3 = {settlement.capture_unknown}))
      OR (?12 IS NOT NULL AND ?3 <> {settlement.capture_sent}), NULL, captures_told),
    elsewhere_record = iif(?8, NULL, elsewhere_record),
    withheld = withheld AND NOT ?8 AND {?3 in may_charge_or_expired},
    vouched = vouched OR ?8,
    was_withheld = was_withheld OR withheld OR state = {settlement.not_granted}
  WHERE trip_sequence = ?1 AND state = ?2 AND (withheld = 1 OR NOT ?20)
    AND (withheld = 0 OR NOT {?3 in charging})
    AND (?3 <> {settlement.awaiting_price} OR amount_minor IS NULL)
    AND (?3 <> {settlement.adjust_sent} OR captures_sent = captures_not_done)
    AND (?3 NOT IN ({settlement.adjust_sent}, {settlement.capture_sent}) OR cancels_left = 0);

-- name: hold_cancel
-- ?1 trip sequence, ?2 now, ?3 reason. Of an empty cart, as long as no cancel may have left and no
-- person has decided about it.
UPDATE settlement SET state = {settlement.held}, held_from = state, changed_at_ms = ?2, reason = ?3
  WHERE trip_sequence = ?1 AND state = {settlement.cancel_due} AND cancels_left = 0
    AND held_from IS NULL;

-- name: explain_settlement
-- ?1 trip sequence, ?2 reason: why it keeps waiting for a price.
UPDATE settlement SET reason = ?2 WHERE trip_sequence = ?1 AND state = {settlement.awaiting_price};

-- part: charge_columns
-- State, amount and who priced it are NULL where there are none.
found.sequence, settlement.state, settlement.amount_minor, settlement.currency,
settlement.capture_minor, found.purchase_id, settlement.priced_by;

-- name: find_charge
-- ?1 trip id. The last column: whether the row is the one that the index names, or another trip would be
-- priced and charged.
SELECT {charge_columns}, found.trip_id = ?1
  FROM (SELECT sequence AS named FROM trip WHERE trip_id = ?1) CROSS JOIN trip AS found
    ON found.sequence = named LEFT JOIN settlement ON settlement.trip_sequence = found.sequence;

-- name: charge_of_trip
-- ?1 trip sequence: the row itself, whatever the index of trips says.
SELECT {charge_columns}, 1 FROM trip AS found
  LEFT JOIN settlement ON settlement.trip_sequence = found.sequence WHERE found.sequence = ?1;

-- name: write_amount
-- ?1 trip sequence, ?2 amount in minor units, ?3 currency, ?4 who set it.
UPDATE settlement SET amount_minor = ?2, currency = ?3, priced_by = ?4 WHERE trip_sequence = ?1;

-- name: replace_amount
-- ?1 trip sequence, ?2 amount in minor units, ?3 currency. By a person, of a held charge of which nothing
-- may have been captured or cancelled: what was approved or confirmed was another price.
UPDATE settlement SET amount_minor = ?2, currency = ?3, priced_by = {priced.person},
    capture_minor = NULL, approved_minor = NULL, approved_currency = NULL, confirmed_minor = NULL,
    confirmed_currency = NULL
  WHERE trip_sequence = ?1 AND state = {settlement.held} AND captures_sent = captures_not_done
    AND charge_unclear = 0 AND cancels_left = 0;

-- part: waits
-- For a price, a call or a person: no call is under way.
({settlement.awaiting_price}, {settlement.adjust_due}, {settlement.capture_due},
 {settlement.checkout_due}, {settlement.held}, {settlement.not_granted});

-- part: never_captured
-- No capture or checkout of it may have left, and it waits for one: what may still be stopped.
captures_sent = captures_not_done AND charge_unclear = 0
  AND {state in waits};

-- part: seen_not_sent
-- In doubt for what a look showed, before any capture of ours.
(charge_unclear = 1 AND captures_sent = 0 AND state = {settlement.held}
  AND held_from IN ({settlement.adjust_due}, {settlement.capture_due}));

-- name: was_never_withheld
-- ?1 trip sequence. What was withheld, and is no more, somebody has let go.
SELECT withheld = 0 AND was_withheld = 0 FROM settlement WHERE trip_sequence = ?1;

-- name: refuse_grant
-- ?1 trip sequence, ?2 amount in minor units, ?3 currency, ?4 the ledger that the price names, ?5
-- reason, ?6 now. Of what is priced already only what is withheld: its price came from somewhere in
-- a history that is not known. The same price again is none. No record has told of it yet.
UPDATE settlement SET state = {settlement.not_granted}, amount_minor = ?2, currency = ?3,
    price_ledger = ?4, reason = ?5, changed_at_ms = ?6, attempts = 0, priced_by = {priced.cloud},
    captures_told = NULL
  WHERE trip_sequence = ?1 AND {never_captured} AND (amount_minor IS NULL OR withheld = 1)
    AND (state <> {settlement.not_granted} OR price_ledger <> ?4 OR amount_minor <> ?2
      OR currency <> ?3);

-- name: note_elsewhere
-- ?1 trip sequence, ?2 record. end_elsewhere follows: what it does not end makes no further call. The
-- same word again is none.
UPDATE settlement SET elsewhere_record = ?2, withheld = 1, captures_told = NULL
  WHERE trip_sequence = ?1 AND elsewhere_record IS NULL AND {state in may_charge_or_expired};

-- name: end_elsewhere
-- ?1 trip sequence, ?2 reason, ?3 now. Of what note_elsewhere has noted; gives the record. A doubt that
-- a look has raised, of a trip that was never captured here, ends by it: it was the other charge.
UPDATE settlement SET state = {settlement.settled_elsewhere}, reason = ?2, changed_at_ms = ?3,
    attempts = 0, withheld = 0, charge_unclear = 0
  WHERE trip_sequence = ?1 AND elsewhere_record IS NOT NULL AND ({never_captured} OR {seen_not_sent})
  RETURNING elsewhere_record;

-- name: note_vouched
-- ?1 trip sequence, ?2 amount in minor units, ?3 currency, as of vouch: withheld or not, for it may turn out
-- later that it should have been.
UPDATE settlement SET vouched = 1
  WHERE trip_sequence = ?1 AND (?2 IS NULL OR (amount_minor = ?2 AND currency = ?3));

-- name: vouch
-- ?1 trip sequence, ?2 amount in minor units, ?3 currency: only where that is its price; NULL: whatever
-- it is. ?4 only where it is in this state, and the cloud has not said that it was charged elsewhere; NULL:
-- whatever there is. Gives sequence and state of what is withheld no more.
UPDATE settlement SET withheld = 0, was_withheld = 1, elsewhere_record = NULL
  WHERE trip_sequence = ?1 AND withheld = 1
    AND (?2 IS NULL OR (amount_minor = ?2 AND currency = ?3))
    AND (?4 IS NULL OR (state = ?4 AND elsewhere_record IS NULL))
  RETURNING trip_sequence, state;

-- name: insert_checkout_cart
-- ?1 trip sequence, ?2 cart, ?3 its SHA-256. There is one already where a priced trip became
-- not_granted: it is priced anew.
INSERT INTO checkout_cart (trip_sequence, cart, cart_sha256) VALUES (?1, ?2, ?3)
  ON CONFLICT (trip_sequence) DO UPDATE SET cart = ?2, cart_sha256 = ?3;

-- name: checkout_cart
-- ?1 trip sequence. Its bytes and their SHA-256.
SELECT cart, cart_sha256 FROM checkout_cart WHERE trip_sequence = ?1;

-- name: insert_history
-- ?1 trip sequence, ?2 now, ?3 state, ?4 reason.
INSERT INTO settlement_history (trip_sequence, at_ms, state, reason) VALUES (?1, ?2, ?3, ?4);

-- name: recover_state
-- ?1 trip sequence, ?2 state before, ?3 state after, ?4 now, ?5 reason. Whether a capture or a
-- checkout that was under way had its effect is unclear.
UPDATE settlement SET state = ?3, next_attempt_ms = ?4, changed_at_ms = ?4, reason = ?5,
    charge_unclear = charge_unclear
      OR ?3 IN ({settlement.capture_unknown}, {settlement.checkout_due}),
    clear_looks = iif(?3 = {settlement.capture_unknown}, 0, clear_looks)
  WHERE trip_sequence = ?1 AND state = ?2;

-- name: withhold
-- Every charge that a lost history may have made already: it may have opened an expired one again.
UPDATE settlement SET withheld = 1, captures_told = NULL
  WHERE withheld = 0 AND {state in may_charge_or_expired};

-- name: withhold_begun_before
-- ?1 trips that began before this time, ?2 it is when the ledger was made; else: when a gap was found. What
-- waits, was never captured here, and was let go by nobody; what was vouched for before a gap is part of the
-- history that is in doubt.
UPDATE settlement SET withheld = 1, withheld_by_birth = ?2, captures_told = NULL
  WHERE trip_sequence IN (SELECT trip_sequence FROM settlement INDEXED BY settlement_by_state
    WHERE started_at_ms < ?1 AND state IN ({settlement.awaiting_price}, {settlement.adjust_due},
      {settlement.adjust_sent}, {settlement.capture_due}, {settlement.held}, {settlement.checkout_due},
      {settlement.not_granted}))
    AND withheld = 0 AND was_withheld = 0 AND captures_sent = 0 AND charge_unclear = 0
    AND NOT (?2 AND vouched) AND coalesce(held_from, 0) <> {settlement.cancel_due};

-- name: hand_back_begun_since
-- ?1 trips that began at this time or later: when the ledger was made was noted by a clock that was ahead. Where
-- history was lost since, nobody knows what that clock has withheld rightly.
UPDATE settlement SET withheld = 0, withheld_by_birth = 0 WHERE trip_sequence IN (SELECT trip_sequence
    FROM settlement INDEXED BY settlement_withheld WHERE withheld = 1)
  AND withheld_by_birth = 1 AND started_at_ms >= ?1 AND elsewhere_record IS NULL
  AND NOT EXISTS (SELECT 1 FROM ledger_gap WHERE kind <> {gap.witness_lost});

-- name: hand_back
-- ?1 limit. Not what the cloud says was charged elsewhere: that is no matter of a gap.
UPDATE settlement SET withheld = 0, was_withheld = 1 WHERE trip_sequence IN (SELECT trip_sequence
  FROM settlement INDEXED BY settlement_withheld WHERE withheld = 1 AND elsewhere_record IS NULL
  LIMIT ?1);
