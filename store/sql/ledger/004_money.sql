-- What is kept of a charge so that money moves only on strong evidence.

-- Adjust calls whose intent was recorded, counted in the very commit that records it: they have a
-- limit in a trip's life, which a restart must not forget.
ALTER TABLE settlement ADD COLUMN adjusts_sent INTEGER NOT NULL DEFAULT 0;
-- Of those, the ones that do not count towards that limit: they failed, and the retry policy has them, or a
-- person has released the charge since.
ALTER TABLE settlement ADD COLUMN adjusts_not_counted INTEGER NOT NULL DEFAULT 0;

-- What transactional data showed right before the last capture left, written in the very commit that
-- records its intent. NULL: no look was answered, as in rows from before; '': no reconciliationId;
-- else the SHA-256 of the one, in hexadecimal.
ALTER TABLE settlement ADD COLUMN reconciliation_before TEXT;
-- 1: it showed one before this ledger had ever sent a capture of the trip, so a reconciliationId is
-- no sign of a capture, for any trip.
ALTER TABLE settlement ADD COLUMN evidence_unsound INTEGER NOT NULL DEFAULT 0;
CREATE INDEX settlement_unsound ON settlement (evidence_unsound, trip_sequence) WHERE evidence_unsound = 1;

-- The storeId that Amazon sent with the trip's cart: one of store.also_known_as perhaps, and store.id may change.
-- Every call for the trip names it. No row for trips from before: those name store.id.
-- A row of its own: behind a cart in trip, it could be read only past each page of that cart.
CREATE TABLE trip_store (
  trip_sequence   INTEGER PRIMARY KEY REFERENCES trip (sequence),
  store_id        TEXT    NOT NULL
) STRICT;

-- What Amazon approved last. A capture never states more.
ALTER TABLE settlement ADD COLUMN approved_minor INTEGER;
ALTER TABLE settlement ADD COLUMN approved_currency TEXT;
-- Until now nothing was captured unless all of it was approved: what was about to be captured once
-- may be captured after a release, wherever it is now.
UPDATE settlement SET approved_minor = amount_minor, approved_currency = currency
  WHERE state IN (4, 5, 6) OR (state = 13 AND held_from IN (4, 5, 6))
    OR (state IN (2, 3, 13, 14) AND EXISTS (SELECT 1 FROM settlement_history AS history
      WHERE history.trip_sequence = settlement.trip_sequence AND history.state IN (4, 5)));
-- What the capture states where that is less than the price: the approved part. NULL: the price.
ALTER TABLE settlement ADD COLUMN capture_minor INTEGER;

-- The price that a person has let pass, whatever the limits of the configuration say.
ALTER TABLE settlement ADD COLUMN confirmed_minor INTEGER;
ALTER TABLE settlement ADD COLUMN confirmed_currency TEXT;

-- Cancel calls whose intent was recorded, but for those that surely had no effect: a charge that has one
-- is neither adjusted nor captured any more.
ALTER TABLE settlement ADD COLUMN cancels_left INTEGER NOT NULL DEFAULT 0;
UPDATE settlement SET cancels_left = 1 WHERE state IN (7, 8, 13, 14)
  AND EXISTS (SELECT 1 FROM settlement_history AS history
    WHERE history.trip_sequence = settlement.trip_sequence AND history.state = 8);

-- 1: a cart with items, of a trip whose first cart was empty and decided about the charge.
ALTER TABLE differing_cart ADD COLUMN after_empty INTEGER NOT NULL DEFAULT 0;
CREATE INDEX differing_cart_after_empty ON differing_cart (received_at_ms, trip_sequence)
  WHERE after_empty = 1;

-- The cloud says that it was charged elsewhere, and a call was under way or a charge of it may have been
-- made here: the record of that end, once it can end. Until then it is withheld. NULL: it says no such thing.
ALTER TABLE settlement ADD COLUMN elsewhere_record TEXT;

-- Which ledger the price names that came and does not let this one charge (state 18): '' for none.
ALTER TABLE settlement ADD COLUMN price_ledger TEXT NOT NULL DEFAULT '';

-- When the ledger was made, where it was made by a version that notes it: a trip of before then may
-- have been charged by the ledger before it.
ALTER TABLE ledger_identity ADD COLUMN born_at_ms INTEGER;
-- In which file it is, so that a copy is told from the original; NULL until the next start.
ALTER TABLE ledger_identity ADD COLUMN file_number INTEGER;
ALTER TABLE ledger_identity ADD COLUMN file_born_ns INTEGER;
-- 1: withheld because the trip began before the ledger; 0: because of a gap.
ALTER TABLE settlement ADD COLUMN withheld_by_birth INTEGER NOT NULL DEFAULT 0;

-- Since when, without another answer between, a delivery is answered that another request has its key
-- (0: it surely has); NULL: it is not.
ALTER TABLE delivery ADD COLUMN conflict_since_ms INTEGER;
-- What is pending comes after all that has ended.
CREATE INDEX delivery_conflict ON delivery (
    coalesce(finished_at_ms, 9223372036854775807), conflict_since_ms)
  WHERE conflict_since_ms IS NOT NULL;

-- Carts that were answered 400: kept, because they may stand for money all the same. Runs of digits that could be
-- card numbers are masked before they come here, so the fingerprint is of the masked bytes. Nothing is evicted.
CREATE TABLE refused_cart (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  fingerprint     BLOB    NOT NULL UNIQUE,  -- tells another cart from the same one, as trip.fingerprint does
  caller          TEXT    NOT NULL,         -- IP address, '' on unix sockets: whose share it is in
  trip_id         TEXT    NOT NULL,         -- as far as it could be read
  reason          TEXT    NOT NULL,         -- what the answer said
  first_at_ms     INTEGER NOT NULL,
  last_at_ms      INTEGER NOT NULL,
  times           INTEGER NOT NULL DEFAULT 1,
  cart            BLOB    NOT NULL,         -- as it came, but for what is masked
  cart_sha256     BLOB    NOT NULL,
  delivery_id     INTEGER REFERENCES delivery (id) -- once a person has had it forwarded
) STRICT;
CREATE INDEX refused_cart_waiting ON refused_cart (last_at_ms, delivery_id) WHERE delivery_id IS NULL;
CREATE UNIQUE INDEX refused_cart_forwarded ON refused_cart (delivery_id) WHERE delivery_id IS NOT NULL;

-- What each caller's carts take of the limits; caller '*' is all of them together. So that no cart is counted again.
CREATE TABLE refused_share (
  caller          TEXT    PRIMARY KEY,
  carts           INTEGER NOT NULL,
  bytes           INTEGER NOT NULL,
  not_kept        INTEGER NOT NULL DEFAULT 0, -- of '*': how many were beyond a limit, and when the last was
  not_kept_at_ms  INTEGER
) STRICT;

-- Open questions: a charge that waits for a person is a record for the retailer's cloud, made again with each
-- new fact and from time to time. At most one such record of a trip is pending, so they never pile up.

-- There is something to tell, since this time or from it on; NULL: nothing.
ALTER TABLE settlement ADD COLUMN ask_at_ms INTEGER;
-- 1: a record of it is pending. The next one waits for that.
ALTER TABLE settlement ADD COLUMN question_pending INTEGER NOT NULL DEFAULT 0;
ALTER TABLE settlement ADD COLUMN asks INTEGER NOT NULL DEFAULT 0;       -- records of it so far
-- Payment records of this trip so far, those of questions among them: the next revision is one higher.
ALTER TABLE settlement ADD COLUMN revisions INTEGER NOT NULL DEFAULT 0;
-- 1: the cloud answered a price, and it cannot be used.
ALTER TABLE settlement ADD COLUMN unpriceable INTEGER NOT NULL DEFAULT 0;
-- 1: the time to charge it has passed, and that was noted.
ALTER TABLE settlement ADD COLUMN overdue_told INTEGER NOT NULL DEFAULT 0;
CREATE INDEX settlement_ask ON settlement (ask_at_ms) WHERE ask_at_ms IS NOT NULL AND question_pending = 0;
CREATE INDEX settlement_overdue ON settlement (started_at_ms) WHERE overdue_told = 0 AND state IN (1, 2, 4, 15);

-- What is in question in a ledger from before.
UPDATE settlement SET revisions = (SELECT count(*) FROM delivery
  WHERE delivery.trip_sequence = settlement.trip_sequence AND delivery.kind = 2)
  WHERE trip_sequence IN (SELECT trip_sequence FROM delivery WHERE kind = 2);
UPDATE settlement SET unpriceable = 1 WHERE state = 1 AND reason <> '' AND amount_minor IS NULL
  AND EXISTS (SELECT 1 FROM delivery WHERE delivery.trip_sequence = settlement.trip_sequence
    AND delivery.kind = 1 AND delivery.state = 2 AND delivery.reason <> '');
UPDATE settlement SET ask_at_ms = changed_at_ms
  WHERE state IN (6, 13) OR unpriceable = 1 OR (withheld = 1 AND state IN (1, 2, 3, 4, 5, 15, 16));

-- What the last look at transactional data showed.
CREATE TABLE look_shown (
  trip_sequence     INTEGER PRIMARY KEY REFERENCES settlement (trip_sequence),
  at_ms             INTEGER NOT NULL,
  terminal_id       TEXT    NOT NULL,
  reconciliation_id TEXT    NOT NULL,
  card_statement_transaction_id TEXT NOT NULL
) STRICT;

-- The last word of a person that came in an answer of the cloud.
CREATE TABLE decision (
  trip_sequence   INTEGER PRIMARY KEY REFERENCES trip (sequence),
  word            INTEGER NOT NULL,         -- DecisionWord
  by_whom         TEXT    NOT NULL,
  revision        INTEGER NOT NULL,         -- of the record that the answer named; 0: none
  came_at_ms      INTEGER NOT NULL,
  state           INTEGER NOT NULL,         -- DecisionState
  settled_at_ms   INTEGER,                  -- when it was carried out or refused
  reason          TEXT    NOT NULL DEFAULT '',
  captures_known  INTEGER NOT NULL DEFAULT 0,  -- the captures that the record it was decided on told of
  refusal         TEXT    NOT NULL DEFAULT ''  -- what the history says of the last one that was refused
) STRICT;
CREATE INDEX decision_pending ON decision (trip_sequence) WHERE state = 1;
CREATE INDEX decision_refused ON decision (settled_at_ms) WHERE state = 3;

-- Payment status reports (kind 4) have a lane (3) of their own: their host is another, and none may be known.
UPDATE delivery SET ready_lane = iif(NOT EXISTS (SELECT 1 FROM delivery AS earlier INDEXED BY delivery_by_trip
    WHERE earlier.trip_sequence = delivery.trip_sequence AND earlier.id < delivery.id AND earlier.state = 1
    AND earlier.kind = 4), 3, NULL)
  WHERE state = 1 AND kind = 4;

-- How many captures the last record of a question told of, and the first revision that told of so many: a
-- person's word about a capture counts only for those that it could know of. NULL: none was made.
ALTER TABLE settlement ADD COLUMN captures_told INTEGER;
ALTER TABLE settlement ADD COLUMN told_from_revision INTEGER;
