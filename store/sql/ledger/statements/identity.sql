-- Which ledger this is, and the gaps in its history.

-- name: select_mark
-- The columns of LedgerMark, in its order.
SELECT id, era, commits FROM ledger_identity;

-- name: select_witnessed
SELECT witnessed FROM ledger_identity;

-- name: select_file
SELECT file_number, file_born_ns, file_machine FROM ledger_identity WHERE only = 1;

-- name: note_file
-- ?1 the number of its inode, ?2 when that was made, in ns, ?3 on which machine.
UPDATE ledger_identity SET file_number = ?1, file_born_ns = ?2, file_machine = ?3 WHERE only = 1;

-- name: insert_identity
-- ?1 id, ?2 now, ?3 born at, NULL where that is not known.
INSERT INTO ledger_identity (only, id, created_at_ms, born_at_ms, born_confirmed)
  VALUES (1, ?1, ?2, ?3, ?3 IS NULL);

-- name: confirm_birth
-- ?1 when the ledger was opened, by a confirmed clock: it was not made after that, and what was before that
-- nobody has confirmed.
UPDATE ledger_identity SET born_at_ms = ?1, born_confirmed = 1
  WHERE only = 1 AND born_confirmed = 0;

-- name: confirm_gaps
-- ?1 as above.
UPDATE ledger_gap SET found_at_ms = max(found_at_ms, ?1), found_confirmed = 1
  WHERE found_confirmed = 0;

-- name: count_commits
-- ?1 how many there were, with this one.
UPDATE ledger_identity SET commits = ?1;

-- name: note_witness
UPDATE ledger_identity SET witnessed = 1 WHERE witnessed = 0;

-- name: leave_era
-- ?1 the era, ?2 how many commits there had been. What a witness tells may be further than the file.
INSERT INTO ledger_era (era, commits) VALUES (?1, ?2)
  ON CONFLICT (era) DO UPDATE SET commits = max(commits, excluded.commits);

-- name: last_era
-- The highest that was left; NULL where none was.
SELECT max(era) FROM ledger_era;

-- name: commits_of_era
-- ?1 an era. How far it had come when it was left; no row where it is none of this ledger's.
SELECT commits FROM ledger_era WHERE era = ?1;

-- name: begin_era
-- ?1 its number.
UPDATE ledger_identity SET era = ?1;

-- name: last_gap
-- What the witness said when history was lost last, as a LedgerMark.
SELECT witness_id, witness_era, witness_sequence FROM ledger_gap WHERE kind <> {gap.witness_lost}
  ORDER BY id DESC LIMIT 1;

-- name: insert_gap
-- ?1 kind, ?2 found at, ?3 to ?5 what the witness said (id, era, sequence), ?6 sequence. A witness
-- that is lost each time is on record once, until a person has accepted that.
INSERT INTO ledger_gap (kind, found_at_ms, witness_id, witness_era, witness_sequence, sequence,
                        found_confirmed)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, 0
  WHERE ?1 <> {gap.witness_lost} OR NOT EXISTS (SELECT 1 FROM ledger_gap
    WHERE kind = {gap.witness_lost} AND accepted_at_ms IS NULL);

-- name: accept_gaps
-- ?1 now.
UPDATE ledger_gap SET accepted_at_ms = ?1 WHERE accepted_at_ms IS NULL;

-- name: open_gap
-- The gravest of those that nobody has accepted, of these the first one.
SELECT kind, found_at_ms, witness_id, witness_era, witness_sequence, sequence FROM ledger_gap
  WHERE accepted_at_ms IS NULL ORDER BY kind = {gap.witness_lost}, id LIMIT 1;

-- name: has_open_gap
-- A row where nobody has accepted a gap that withholds.
SELECT 1 FROM ledger_gap WHERE accepted_at_ms IS NULL AND kind <> {gap.witness_lost} LIMIT 1;

-- name: withheld_charges
-- A row a currency, and one for those without a price.
SELECT count(*), sum(amount_minor), currency FROM settlement INDEXED BY settlement_withheld
  WHERE withheld = 1 GROUP BY currency;
