-- What 0.2.0 keeps on disk so that nothing irrevocable rests on one weak sign.

-- Evidence of charges: how often a capture left, and what was learned since.

-- Capture calls whose intent was recorded, counted in the very commit that records it.
ALTER TABLE settlement ADD COLUMN captures_sent INTEGER NOT NULL DEFAULT 0;
-- Of those, the ones that surely had no effect. Not known of older ones: they count as if they had.
ALTER TABLE settlement ADD COLUMN captures_not_done INTEGER NOT NULL DEFAULT 0;
-- Looks at transactional data that were answered and showed no capture, since the last one.
ALTER TABLE settlement ADD COLUMN clear_looks INTEGER NOT NULL DEFAULT 0;
UPDATE settlement SET captures_sent = (SELECT count(*) FROM settlement_history AS history
  WHERE history.trip_sequence = settlement.trip_sequence AND history.state = 5)
  WHERE trip_sequence IN (SELECT trip_sequence FROM settlement_history WHERE state = 5);

-- Where an expired charge stood, for whoever reopens it (held_from says it from now on).
UPDATE settlement SET held_from = (SELECT history.state FROM settlement_history AS history
  WHERE history.trip_sequence = settlement.trip_sequence AND history.state <> 14
  ORDER BY history.id DESC LIMIT 1) WHERE state = 14;

-- What was about to be captured again on one look alone is asked about once more.
INSERT INTO settlement_history (trip_sequence, at_ms, state, reason)
  SELECT trip_sequence, changed_at_ms, 6, 'an earlier capture had no clear answer: asked about again'
  FROM settlement WHERE state = 4 AND charge_unclear = 1;
UPDATE settlement SET state = 6 WHERE state = 4 AND charge_unclear = 1;

-- A capture in doubt is asked about whether it is held or not, and never stands in the way of what
-- is due. One of the checkout service (15, 16) has nothing to be asked there.
CREATE INDEX settlement_look ON settlement (next_attempt_ms, started_at_ms, state, charge_unclear, held_from)
  WHERE charge_unclear = 1 AND state IN (6, 13) AND coalesce(held_from, 0) NOT IN (15, 16);
-- 6 is in doubt by itself.
UPDATE settlement SET charge_unclear = 1 WHERE state = 6;

-- Records: what proves that bytes are those that came, and which revision of a record this is.

-- 1: an attempt had no clear answer, so it may have had its effect. Only then does an empty 409 say
-- that the record is there already.
ALTER TABLE delivery ADD COLUMN unclear INTEGER NOT NULL DEFAULT 0;

-- SHA-256 of the bytes beside it, looked at before each use. NULL in rows from before: those cannot be checked.
ALTER TABLE trip ADD COLUMN cart_sha256 BLOB;
ALTER TABLE delivery ADD COLUMN payload_sha256 BLOB;       -- NULL for a cart as well: see trip.cart_sha256
ALTER TABLE checkout_cart ADD COLUMN cart_sha256 BLOB;
-- 1: set aside because its bytes cannot be read, or are not those that were recorded.
ALTER TABLE delivery ADD COLUMN damaged INTEGER NOT NULL DEFAULT 0;
CREATE INDEX delivery_damaged ON delivery (damaged) WHERE damaged = 1;

-- The lane (Lane: 1 cloud, 2 Amazon) in which a pending delivery may go next; NULL while an earlier one of
-- its trip is pending in the lane, and once it is not pending. So that what is blocked is never looked at:
-- kept true in the commit that changes a state (queries::renew_order).
ALTER TABLE delivery ADD COLUMN ready_lane INTEGER;
UPDATE delivery SET ready_lane = iif(kind IN (3, 4), 2, 1)
  WHERE state = 1 AND (kind IN (1, 3) OR NOT EXISTS (SELECT 1 FROM delivery AS earlier INDEXED BY delivery_by_trip
    WHERE earlier.trip_sequence = delivery.trip_sequence AND earlier.id < delivery.id AND earlier.state = 1
    AND (earlier.kind IN (3, 4)) = (delivery.kind IN (3, 4))));
-- By time, so that what is not due yet is not looked at either; with all that a choice needs, so that
-- damage in the table cannot keep the others from being chosen.
CREATE INDEX delivery_ready ON delivery (ready_lane, next_attempt_ms, id, trip_sequence, attempts)
  WHERE ready_lane IS NOT NULL;
DROP INDEX delivery_by_time;
DROP INDEX delivery_to_amazon;

-- Identity: which ledger this is, and whether its history can be vouched for.
CREATE TABLE ledger_identity (
  only            INTEGER PRIMARY KEY CHECK (only = 1),
  id              TEXT    NOT NULL,         -- a random UUID
  created_at_ms   INTEGER NOT NULL,
  era             INTEGER NOT NULL DEFAULT 1, -- one higher after each gap
  commits         INTEGER NOT NULL DEFAULT 0, -- one higher in each commit that changed anything
  witnessed       INTEGER NOT NULL DEFAULT 0  -- 1: there is a witness beside the file
) STRICT;

-- A ledger that was not what the witness beside it said: history may be missing.
CREATE TABLE ledger_gap (
  id                INTEGER PRIMARY KEY,
  kind              INTEGER NOT NULL,       -- GapKind
  found_at_ms       INTEGER NOT NULL,
  witness_id        TEXT    NOT NULL,       -- what the witness said; '' where it could not be read
  witness_era       INTEGER NOT NULL,
  witness_sequence  INTEGER NOT NULL,
  sequence          INTEGER NOT NULL,       -- ledger_identity.commits when it was found
  accepted_at_ms    INTEGER                 -- by a person
) STRICT;

-- 1: a lost history may have charged this trip, so nothing is done about it before a person says so.
ALTER TABLE settlement ADD COLUMN withheld INTEGER NOT NULL DEFAULT 0;
CREATE INDEX settlement_withheld ON settlement (trip_sequence) WHERE withheld = 1;
DROP INDEX settlement_due;
-- With all that a choice needs, as in delivery_ready.
CREATE INDEX settlement_due ON settlement (started_at_ms, next_attempt_ms, attempts, state, withheld)
  WHERE state IN (2, 4, 7, 9, 15) AND withheld = 0;
