-- What the ledger remembers of the clock.

-- The newest time that two signs outside of this machine's clock agreed with, at most an hour old while
-- they do. A clock that stands below it is wrong. No row: none was confirmed yet.
CREATE TABLE clock_confirmed (
  only            INTEGER PRIMARY KEY CHECK (only = 1),
  at_ms           INTEGER NOT NULL
) STRICT;

-- 1: it was noted by a confirmed clock, or corrected by one, or by a version that did not ask. 0: not yet.
ALTER TABLE ledger_identity ADD COLUMN born_confirmed INTEGER NOT NULL DEFAULT 1;
ALTER TABLE ledger_gap ADD COLUMN found_confirmed INTEGER NOT NULL DEFAULT 1;
