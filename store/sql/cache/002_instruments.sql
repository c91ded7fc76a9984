-- What the store holds against, or grants to, a payment instrument (docs/feed-and-cloud.md). Amazon
-- names an instrument by an id of its own; no card number is here.
CREATE TABLE instrument (
  document_id         TEXT    PRIMARY KEY,   -- "instrument:" and Amazon's id
  outstanding_minor   INTEGER,               -- NULL: nothing is owed; in the currency's minor unit
  outstanding_code    TEXT    NOT NULL,      -- ISO 4217, '' with NULL
  risks               TEXT    NOT NULL,      -- one a line
  decision            INTEGER NOT NULL,      -- InstrumentDecision: 0 none, 1 accept, 2 deny
  authorize_minor     INTEGER,               -- NULL: not adjusted
  authorize_code      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- GetScanDetails names a shopper by the id that the scan was answered with.
CREATE INDEX shopper_by_shopper_id ON shopper (shopper_id);

-- The version before passed over instruments: the feed is read again from its start, while the gate
-- goes on answering from what is here.
UPDATE feed_position SET cursor = '', complete = 0;
