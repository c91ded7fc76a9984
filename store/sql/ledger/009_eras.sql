-- The eras that this ledger has left, so that a price which names one of a copy's is not taken for
-- one of its own.

CREATE TABLE ledger_era (
  era     INTEGER PRIMARY KEY,
  commits INTEGER NOT NULL -- how many there had been when it was left (ledger_identity.commits)
) STRICT;
-- Until now they were counted one by one; the last thousand, for one that a later version began has
-- a number that leapt. How far each came is not known, but it was no further than this.
INSERT INTO ledger_era
  WITH RECURSIVE own (era) AS (
    SELECT max(1, era - 1000) FROM ledger_identity WHERE era > 1
    UNION ALL SELECT own.era + 1 FROM own, ledger_identity WHERE own.era + 1 < ledger_identity.era)
  SELECT own.era, ledger_identity.commits FROM own, ledger_identity;
