-- The trips: what the gate appends, and what a person looks at. How these files become C++ is in
-- cmake/embed_sql.cmake.

-- name: find_trip
-- ?1 trip id, ?2 fingerprint. Gives sequence, purchase id, whether the cart is the same, and whether the
-- row is the one that the index names: an index that is damaged must not answer a cart as another one.
SELECT found.sequence, found.purchase_id, found.fingerprint = ?2, found.trip_id = ?1
  FROM (SELECT sequence AS named FROM trip WHERE trip_id = ?1) CROSS JOIN trip AS found
  ON found.sequence = named;

-- name: last_trip
-- NULL: there is none.
SELECT max(sequence) FROM trip;

-- name: insert_trip
-- ?1 trip id, ?2 purchase id, ?3 entry, ?4 started at, ?5 received at, ?6 fingerprint, ?7 cart,
-- ?8 its SHA-256.
INSERT INTO trip (trip_id, purchase_id, entry, started_at_ms, received_at_ms, fingerprint, cart,
                  cart_sha256)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: insert_trip_store
-- ?1 trip sequence, ?2 the store that its cart names.
INSERT INTO trip_store (trip_sequence, store_id) VALUES (?1, ?2);

-- name: insert_differing_cart
-- ?1 trip sequence, ?2 received at, ?3 fingerprint, ?4 cart, ?5 how many a trip has at most, ?6 it has
-- items, and the first one had none.
INSERT INTO differing_cart (trip_sequence, received_at_ms, fingerprint, cart, after_empty)
  SELECT ?1, ?2, ?3, ?4, ?6
  WHERE (SELECT count(*) FROM differing_cart WHERE trip_sequence = ?1) < ?5
  ON CONFLICT (trip_sequence, fingerprint) DO NOTHING;

-- name: view_trip
-- ?1 trip id. The columns of read_trip(), in its order, of the row that the index names.
SELECT found.sequence, found.trip_id, found.purchase_id, found.entry, found.started_at_ms,
       found.received_at_ms, length(found.cart),
       (SELECT count(*) FROM differing_cart WHERE trip_sequence = found.sequence),
       (SELECT store_id FROM trip_store WHERE trip_sequence = found.sequence)
  FROM (SELECT sequence AS named FROM trip WHERE trip_id = ?1) CROSS JOIN trip AS found
    ON found.sequence = named;

-- name: cart_of_trip
-- ?1 trip sequence. Its bytes and their SHA-256.
SELECT cart, cart_sha256 FROM trip WHERE sequence = ?1;
