-- The feed's documents of every sort: where the replica stands, what is there, what is unclear.

-- name: select_position
-- The columns of read_position(), in its order.
SELECT cursor, complete, synced_at_ms FROM feed_position WHERE id = 1;

-- name: move_cursor
-- ?1 cursor, ?2 complete, ?3 synced at in ms (0: never).
UPDATE feed_position SET cursor = ?1, complete = ?2, synced_at_ms = ?3 WHERE id = 1;

-- name: insert_position
-- ?1 key check. The one row, where there is none yet.
INSERT INTO feed_position (id, cursor, complete, synced_at_ms, key_check) VALUES (1, '', 0, 0, ?1)
  ON CONFLICT DO NOTHING;

-- name: compare_key_check
-- ?1 key check of the hash key in use.
SELECT key_check = ?1 FROM feed_position;

-- name: look_over
-- A look at both ends of each table: a file that was cut, overwritten or half copied fails here.
SELECT (SELECT min(id) FROM shopper), (SELECT max(id) FROM shopper),
  (SELECT min(document_id) FROM shopper), (SELECT max(document_id) FROM shopper),
  (SELECT key_hashes FROM shopper LIMIT 1), (SELECT min(key_hash) FROM credential),
  (SELECT max(key_hash) FROM credential), (SELECT status FROM credential LIMIT 1),
  (SELECT min(shopper_id) FROM shopper), (SELECT max(shopper_id) FROM shopper),
  (SELECT decision FROM instrument LIMIT 1), (SELECT unclear FROM unclear_document LIMIT 1);

-- name: list_documents
-- ?1 after this document id, ?2 limit.
SELECT document_id FROM shopper WHERE document_id > ?1
  UNION SELECT document_id FROM instrument WHERE document_id > ?1
  UNION SELECT document_id FROM unclear_document WHERE document_id > ?1
  ORDER BY document_id LIMIT ?2;

-- name: has_document
-- ?1 document id.
SELECT EXISTS (SELECT 1 FROM shopper WHERE document_id = ?1)
  OR EXISTS (SELECT 1 FROM instrument WHERE document_id = ?1);

-- name: any_unclear
SELECT EXISTS (SELECT 1 FROM unclear_document);

-- name: keep_unclear
-- ?1 document id, ?2 what is wrong with it, ?3 how many are kept.
INSERT INTO unclear_document (document_id, unclear) SELECT ?1, ?2
  WHERE (SELECT count(*) FROM unclear_document) < ?3
  ON CONFLICT (document_id) DO UPDATE SET unclear = ?2;

-- name: forget_unclear
-- ?1 document id.
DELETE FROM unclear_document WHERE document_id = ?1;

-- name: count_unclear
-- ?1 the status of a shopper that is refused.
SELECT count(*), count(shopper.id) FROM unclear_document LEFT JOIN shopper
  ON shopper.document_id = unclear_document.document_id AND shopper.status = ?1;
