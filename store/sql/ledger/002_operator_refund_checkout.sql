-- A charge that waits for a person remembers where it stood; refunds; the checkout service.

ALTER TABLE settlement ADD COLUMN held_from INTEGER;       -- SettlementState before it was held last
-- 1: a capture or checkout had no clear answer, and nobody has said since what became of it. Such a
-- charge is never cancelled, and never expires in silence.
ALTER TABLE settlement ADD COLUMN charge_unclear INTEGER NOT NULL DEFAULT 0;

-- What is in doubt now, and what was held without a note of why: asked about before anything else.
UPDATE settlement SET charge_unclear = 1 WHERE state IN (6, 13);

-- checkout_due (15) is work as well.
DROP INDEX settlement_due;
CREATE INDEX settlement_due ON settlement (started_at_ms, next_attempt_ms)
  WHERE state IN (2, 4, 6, 7, 9, 15);

-- The priced cart that the cloud answered, exactly as Amazon's checkout service gets it.
CREATE TABLE checkout_cart (
  trip_sequence   INTEGER PRIMARY KEY REFERENCES settlement (trip_sequence),
  cart            BLOB    NOT NULL
) STRICT;

-- Money to give back. How it goes is in its delivery; together the refunds of a trip that had, or may
-- have had, their effect never exceed what was captured.
CREATE TABLE refund (
  id              INTEGER PRIMARY KEY,
  trip_sequence   INTEGER NOT NULL REFERENCES settlement (trip_sequence),
  request_id      TEXT    NOT NULL UNIQUE,  -- refundRequestId: made once, Amazon's idempotency key
  amount_minor    INTEGER NOT NULL,
  currency        TEXT    NOT NULL,
  reason_code     INTEGER NOT NULL,         -- RefundReason
  unclear         INTEGER NOT NULL DEFAULT 0, -- 1: an attempt may have had its effect
  delivery_id     INTEGER NOT NULL UNIQUE REFERENCES delivery (id)
) STRICT;
CREATE INDEX refund_by_trip ON refund (trip_sequence, id);

-- Two lanes now, the cloud's and Amazon's (kinds 3 and 4); neither looks through the other's backlog.
DROP INDEX delivery_by_state;
CREATE INDEX delivery_by_state ON delivery (state, id, next_attempt_ms, kind);
DROP INDEX delivery_by_time;
CREATE INDEX delivery_by_time ON delivery (next_attempt_ms, kind) WHERE state = 1;
CREATE INDEX delivery_to_amazon ON delivery (state, id, next_attempt_ms) WHERE kind IN (3, 4);
