-- What a person at the retailer's payments desk said, and what became of it.

-- name: note_decision
-- ?1 trip sequence, ?2 word, ?3 by, ?4 revision, ?5 now. The same word of the same person again is
-- the same word, unless the answer names a later revision of the record than before; and one about
-- an earlier revision is older than what is here, in whatever order they come.
-- Of a record from before what is in question now it is not kept what it told of: nothing of it is known (-1),
-- as where no record was made. ?6 whether it answers a record of a question. A word without a revision may be
-- about any record of the trip, so it knows of the first capture in doubt alone, and only while each record
-- told of just that one and no other ledger ever came into question.
-- ?7 and ?8 the price that it confirms: of another one it is another word.
INSERT INTO decision (trip_sequence, word, by_whom, revision, came_at_ms, state, captures_known,
                      confirms_minor, confirms_currency)
  VALUES (?1, ?2, ?3, ?4, ?5, {decision.pending}, coalesce((SELECT captures_told FROM settlement
    WHERE trip_sequence = ?1 AND iif(?4 > 0, ?4 BETWEEN told_from_revision AND revisions,
      ?6 AND told_from_revision = 1 AND captures_told = captures_not_done + 1
        AND withheld = 0 AND was_withheld = 0)), -1),
    ?7, ?8)
  ON CONFLICT (trip_sequence) DO UPDATE SET word = ?2, by_whom = ?3, revision = ?4, came_at_ms = ?5,
    state = {decision.pending}, settled_at_ms = NULL, reason = '',
    captures_known = excluded.captures_known, confirms_minor = ?7, confirms_currency = ?8
  WHERE (word <> ?2 OR by_whom <> ?3 OR ?4 > revision OR confirms_minor IS NOT ?7
      OR confirms_currency IS NOT ?8)
    AND ?4 NOT BETWEEN 1 AND revision - 1;

-- name: pending_decisions
-- ?1 after this trip, ?2 limit.
SELECT trip_sequence, word, by_whom, came_at_ms, state, reason, captures_known, confirms_minor,
    confirms_currency, revision
  FROM decision INDEXED BY decision_pending WHERE state = {decision.pending} AND trip_sequence > ?1
  ORDER BY trip_sequence LIMIT ?2;

-- name: decision_of_trip
-- ?1 trip sequence.
SELECT trip_sequence, word, by_whom, came_at_ms, state, reason, captures_known, confirms_minor,
    confirms_currency, revision FROM decision
  WHERE trip_sequence = ?1;

-- name: settle_decision
-- ?1 trip sequence, ?2 word and ?3 came at as they were read, ?4 state, ?5 now, ?6 reason, ?7 what is said
-- of it in the history ('' : nothing).
UPDATE decision SET state = ?4, settled_at_ms = ?5, reason = ?6, refusal = ?7
  WHERE trip_sequence = ?1 AND word = ?2 AND came_at_ms = ?3 AND state = {decision.pending};

-- name: last_refusal
-- ?1 trip sequence.
SELECT refusal FROM decision WHERE trip_sequence = ?1;

-- name: note_in_history
-- ?1 trip sequence, ?2 now, ?3 reason. Of a charge that stays where it is.
INSERT INTO settlement_history (trip_sequence, at_ms, state, reason)
  SELECT trip_sequence, ?2, state, ?3 FROM settlement WHERE trip_sequence = ?1;

-- name: ask_now
-- ?1 trip sequence, ?2 now.
UPDATE settlement SET ask_at_ms = min(coalesce(ask_at_ms, ?2), ?2)
  WHERE trip_sequence = ?1 AND (ask_at_ms IS NOT NULL OR state = {settlement.not_granted});

-- name: decisions_refused
-- ?1 since. How many, and the last of them.
SELECT count(*), max(decision.settled_at_ms), trip.trip_id, decision.reason
  FROM decision INDEXED BY decision_refused JOIN trip ON trip.sequence = decision.trip_sequence
  WHERE decision.state = {decision.refused} AND decision.settled_at_ms > ?1;
