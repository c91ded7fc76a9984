-- What else a charge remembers, so that one weak sign decides nothing about it.

-- What is not charged here, because its price names another ledger, is a question from now on: of the last
-- 4 days, and after all that waits for a person already.
UPDATE settlement SET ask_at_ms = max(changed_at_ms,
    coalesce((SELECT max(received_at_ms) FROM trip), changed_at_ms))
  WHERE state = 18 AND started_at_ms > (SELECT max(received_at_ms) FROM trip) - 345600000;

-- 1: it was withheld, or its price did not let this ledger charge it, and it was let go since: another ledger
-- may have charged it. So what Amazon shows before its first capture here may be of that one.
ALTER TABLE settlement ADD COLUMN was_withheld INTEGER NOT NULL DEFAULT 0;
UPDATE settlement SET was_withheld = 1 WHERE captures_sent = 0 AND state IN (1, 2, 3, 4, 13, 14, 18)
  AND (withheld = 1 OR EXISTS (SELECT 1 FROM settlement_history AS history
    WHERE history.trip_sequence = settlement.trip_sequence
      AND (history.state = 18 OR history.reason LIKE 'withheld no more:%'))
    -- What a person let go by accepting the gap has no entry in its history; with gap_clock_tolerance.
    OR withheld_by_birth = 1
    OR EXISTS (SELECT 1 FROM ledger_gap WHERE accepted_at_ms IS NOT NULL
      AND settlement.started_at_ms < found_at_ms + 900000));

-- Where captures_told is NULL, the next record tells of a new question: a word about an earlier one knows
-- nothing of it (-1), and so does a word that is on disk and was not carried out yet.
UPDATE settlement SET captures_told = NULL
  WHERE state = 18 OR (charge_unclear = 1 AND captures_sent = 0);
CREATE TRIGGER decision_outdated AFTER UPDATE OF captures_told ON settlement
  WHEN NEW.captures_told IS NULL AND OLD.captures_told IS NOT NULL
BEGIN
  UPDATE decision SET captures_known = -1 WHERE trip_sequence = NEW.trip_sequence AND state = 1;
END;

-- The price that the decision lets pass the limits of the configuration; NULL: none.
ALTER TABLE decision ADD COLUMN confirms_minor INTEGER;
ALTER TABLE decision ADD COLUMN confirms_currency TEXT;

-- Of '*': refused carts that a person has dropped, so that there is room again.
ALTER TABLE refused_share ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;

-- Who set its price: PricedBy. 0 in rows from before.
ALTER TABLE settlement ADD COLUMN priced_by INTEGER NOT NULL DEFAULT 0;

-- Of which machine that file is (a hash), so that a copy is told where files are numbered anew; '' : not known.
ALTER TABLE ledger_identity ADD COLUMN file_machine TEXT NOT NULL DEFAULT '';

-- The status with which the destination refused a delivery that is set aside; NULL: it did not. So that a run
-- of refusals is known again after a restart.
ALTER TABLE delivery ADD COLUMN refused_status INTEGER;
CREATE INDEX delivery_refused ON delivery (finished_at_ms) WHERE refused_status IS NOT NULL;

-- 1: a report of what a person says was settled otherwise. It stays true where the charge is opened again.
ALTER TABLE delivery ADD COLUMN by_person INTEGER NOT NULL DEFAULT 0;

-- The same rows as before. A list of more than two becomes a table whenever a row is written.
DROP INDEX settlement_due;
CREATE INDEX settlement_due ON settlement (started_at_ms, next_attempt_ms, attempts, state, withheld)
  WHERE (state = 2 OR state = 4 OR state = 7 OR state = 9 OR state = 15) AND withheld = 0;
DROP INDEX settlement_overdue;
CREATE INDEX settlement_overdue ON settlement (started_at_ms)
  WHERE overdue_told = 0 AND (state = 1 OR state = 2 OR state = 4 OR state = 15);
