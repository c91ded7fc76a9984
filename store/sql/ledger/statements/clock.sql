-- What is known of this machine's clock, and what a wrong one has put off.

-- name: confirmed_time
SELECT at_ms FROM clock_confirmed WHERE only = 1;

-- name: note_confirmed_time
-- ?1 now.
INSERT INTO clock_confirmed (only, at_ms) VALUES (1, ?1)
  ON CONFLICT (only) DO UPDATE SET at_ms = ?1;

-- part: brought_forward
-- ?1 is now, ?2 how far the clock went back, in ms. What was due then is due now.
next_attempt_ms = max(?1, next_attempt_ms - ?2);

-- name: bring_deliveries_forward
-- ?1 and ?2 as above, ?3 limit, ?4 lane. The farthest first; the others come due by themselves in due time.
UPDATE delivery SET {brought_forward} WHERE id IN (SELECT id FROM delivery INDEXED BY delivery_ready
  WHERE ready_lane = ?4 AND next_attempt_ms > ?1 ORDER BY next_attempt_ms DESC LIMIT ?3);

-- name: bring_charges_forward
-- ?1 and ?2 as above, ?3 limit. The farthest first.
UPDATE settlement SET {brought_forward} WHERE trip_sequence IN (SELECT trip_sequence
  FROM settlement INDEXED BY settlement_due WHERE {has_work} AND next_attempt_ms > ?1
  ORDER BY next_attempt_ms DESC LIMIT ?3);

-- name: bring_looks_forward
-- As the one before, of captures in doubt.
UPDATE settlement SET {brought_forward} WHERE trip_sequence IN (SELECT trip_sequence
  FROM settlement INDEXED BY settlement_look WHERE {in_doubt} AND next_attempt_ms > ?1 LIMIT ?3);

-- name: bring_questions_forward
-- As the one before, of what the payments desk is told.
UPDATE settlement SET ask_at_ms = max(?1, ask_at_ms - ?2) WHERE trip_sequence IN (SELECT trip_sequence
  FROM settlement INDEXED BY settlement_ask WHERE {may_ask} AND ask_at_ms > ?1 LIMIT ?3);
