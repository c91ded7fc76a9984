-- Shoppers and their keys: what a scan asks, and what the feed changes.

-- name: find_shopper
-- ?1 key hash. The columns of Shopper, in its order.
SELECT shopper_id, role, status FROM credential WHERE key_hash = ?1;

-- name: loyalty_of_key
-- ?1 key hash.
SELECT shopper.status, shopper.loyalty FROM credential
  JOIN shopper ON shopper.id = credential.shopper WHERE credential.key_hash = ?1;

-- name: loyalty_of_shopper
-- ?1 shopper id. The number of an active shopper is the smallest, so that one comes first.
SELECT status, loyalty FROM shopper WHERE shopper_id = ?1 ORDER BY status, id LIMIT 1;

-- name: find_document
-- ?1 document id.
SELECT id, key_hashes FROM shopper WHERE document_id = ?1;

-- name: find_document_id
-- ?1 document id. Of the index alone, for a record that cannot be read.
SELECT id FROM shopper WHERE document_id = ?1;

-- name: key_standing
-- ?1 key hash. Whose it is, and the status.
SELECT shopper, status FROM credential WHERE key_hash = ?1;

-- name: keys_up
-- ?1 from this key hash, ?2 to before this one.
SELECT key_hash, shopper FROM credential WHERE key_hash >= ?1 AND key_hash < ?2 ORDER BY key_hash;

-- name: keys_down
-- As keys_up, from the other end.
SELECT key_hash, shopper FROM credential WHERE key_hash >= ?1 AND key_hash < ?2
  ORDER BY key_hash DESC;

-- name: insert_document
-- ?1 document id, ?2 shopper id, ?3 role, ?4 status, ?5 loyalty, ?6 its key hashes.
INSERT INTO shopper (document_id, shopper_id, role, status, loyalty, key_hashes)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: update_document
-- ?1 shopper.id, then as in insert_document.
UPDATE shopper SET shopper_id = ?2, role = ?3, status = ?4, loyalty = ?5, key_hashes = ?6
  WHERE id = ?1;

-- name: delete_document
-- ?1 shopper.id.
DELETE FROM shopper WHERE id = ?1;

-- name: block_document
-- ?1 shopper.id, ?2 status.
UPDATE shopper SET status = ?2 WHERE id = ?1;

-- name: claim_key
-- ?1 key hash, ?2 shopper.id, ?3 shopper id, ?4 role, ?5 status. Nothing is written where nothing
-- changes.
INSERT INTO credential (key_hash, shopper, shopper_id, role, status) VALUES (?1, ?2, ?3, ?4, ?5)
  ON CONFLICT (key_hash) DO UPDATE SET shopper = ?2, shopper_id = ?3, role = ?4, status = ?5
    WHERE shopper <> ?2 OR shopper_id <> ?3 OR role <> ?4 OR status <> ?5;

-- name: claim_free_key
-- As claim_key, for a document that cannot be understood: that takes nothing from anybody.
INSERT INTO credential (key_hash, shopper, shopper_id, role, status) VALUES (?1, ?2, ?3, ?4, ?5)
  ON CONFLICT (key_hash) DO UPDATE SET shopper_id = ?3, role = ?4, status = ?5 WHERE shopper = ?2;

-- name: release_key
-- ?1 key hash, ?2 shopper.id. Only its own: another document may have claimed the key since.
DELETE FROM credential WHERE key_hash = ?1 AND shopper = ?2;

-- name: block_key
-- ?1 key hash, ?2 shopper.id, ?3 status. Only its own, as in release_key.
UPDATE credential SET status = ?3 WHERE key_hash = ?1 AND shopper = ?2;

-- name: block_any_key
-- ?1 key hash, ?2 status. Whosever it is.
UPDATE credential SET status = ?2 WHERE key_hash = ?1;

-- name: forget_any_key
-- ?1 key hash. Whosever it is.
DELETE FROM credential WHERE key_hash = ?1;

-- name: count_shoppers
SELECT count(*) FROM shopper;
