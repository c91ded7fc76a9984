-- The ledger: what Gatehouse acknowledged. Never recreated, never expired; see ARCHITECTURE.md.
-- Times are milliseconds since 1970, UTC. Enumerations are those of store/ledger/ledger_records.hpp.

-- One row per shopping trip, made when its first cart arrives, in the commit that precedes the 201.
CREATE TABLE trip (
  sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
  trip_id         TEXT    NOT NULL UNIQUE,  -- idempotentShoppingTripId
  purchase_id     TEXT    NOT NULL,         -- what Amazon was answered; '' for an empty cart
  entry           INTEGER NOT NULL,         -- Entry: 1 card (FINANCIAL), 2 app (SCAN_CODE)
  started_at_ms   INTEGER NOT NULL,         -- shoppingTrip.startTime: the charge deadline counts from it
  received_at_ms  INTEGER NOT NULL,
  fingerprint     BLOB    NOT NULL,         -- tells another cart of the same trip from the same one
  cart            BLOB    NOT NULL          -- the request body, byte for byte
) STRICT;

-- A later cart for the same trip whose fingerprint differs. The first one stands; this one is evidence.
CREATE TABLE differing_cart (
  id              INTEGER PRIMARY KEY,
  trip_sequence   INTEGER NOT NULL REFERENCES trip (sequence),
  received_at_ms  INTEGER NOT NULL,
  fingerprint     BLOB    NOT NULL,
  cart            BLOB    NOT NULL,
  UNIQUE (trip_sequence, fingerprint)
) STRICT;

-- The outbox: one row per thing that must reach the retailer's cloud. The id is Gatehouse-Sequence.
CREATE TABLE delivery (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  trip_sequence   INTEGER NOT NULL REFERENCES trip (sequence),
  kind            INTEGER NOT NULL,         -- DeliveryKind: 1 cart, 2 payment record
  state           INTEGER NOT NULL,         -- DeliveryState: 1 pending, 2 delivered, 3 set aside
  idempotency_key TEXT    NOT NULL UNIQUE,  -- made once, sent at every attempt
  payload         BLOB,                     -- NULL for a cart: its bytes are trip.cart
  created_at_ms   INTEGER NOT NULL,
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_ms INTEGER NOT NULL,         -- not before
  finished_at_ms  INTEGER,                  -- when delivered or set aside
  reason          TEXT    NOT NULL DEFAULT '' -- of the last failed attempt
) STRICT;
-- The time is in it so that what is not due yet is passed over without a look at the table.
CREATE INDEX delivery_by_state ON delivery (state, id, next_attempt_ms);
CREATE INDEX delivery_by_time ON delivery (next_attempt_ms) WHERE state = 1;
CREATE INDEX delivery_by_trip ON delivery (trip_sequence, id);

-- The charge of a trip that is settled through Amazon: one row, only where there is one to settle.
CREATE TABLE settlement (
  trip_sequence   INTEGER PRIMARY KEY REFERENCES trip (sequence),
  state           INTEGER NOT NULL,         -- SettlementState
  started_at_ms   INTEGER NOT NULL,         -- trip.started_at_ms, here to be indexed
  amount_minor    INTEGER,                  -- NULL until priced
  currency        TEXT,
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_ms INTEGER NOT NULL,
  changed_at_ms   INTEGER NOT NULL,
  reason          TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX settlement_by_state ON settlement (state, started_at_ms);
-- Work for the payment service: adjust, capture, cancel or details due, or a capture to clear up.
CREATE INDEX settlement_due ON settlement (started_at_ms, next_attempt_ms)
  WHERE state IN (2, 4, 6, 7, 9);

-- Every change of a settlement's state, for the operator and the auditor.
CREATE TABLE settlement_history (
  id              INTEGER PRIMARY KEY,
  trip_sequence   INTEGER NOT NULL REFERENCES trip (sequence),
  at_ms           INTEGER NOT NULL,
  state           INTEGER NOT NULL,
  reason          TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX settlement_history_by_trip ON settlement_history (trip_sequence, id);
