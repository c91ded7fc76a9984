-- Charges that wait for a call, found by when they are due.

-- The same rows as before. By the start of the trip, a look passed over all that were not due.
DROP INDEX settlement_due;
CREATE INDEX settlement_due ON settlement (next_attempt_ms, started_at_ms, attempts, state, withheld)
  WHERE (state = 2 OR state = 4 OR state = 7 OR state = 9 OR state = 15) AND withheld = 0;
