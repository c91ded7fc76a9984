-- Carts that were answered 400: kept, shown, and forwarded when a person says so.

-- part: refused_columns
-- What read_refused_cart() reads, in its order.
refused_cart.id, refused_cart.trip_id, refused_cart.reason, refused_cart.caller,
refused_cart.first_at_ms, refused_cart.last_at_ms, refused_cart.times, length(refused_cart.cart),
refused_cart.delivery_id,
(SELECT state FROM delivery WHERE delivery.id = refused_cart.delivery_id);

-- name: repeat_refused
-- ?1 fingerprint, ?2 now. Gives the id where there is one.
UPDATE refused_cart SET times = times + 1, last_at_ms = ?2 WHERE fingerprint = ?1 RETURNING id;

-- name: share_of_caller
-- ?1 caller: how many and how many bytes; '*' is all of them.
SELECT carts, bytes FROM refused_share WHERE caller = ?1;

-- name: insert_refused
-- ?1 fingerprint, ?2 caller, ?3 trip id, ?4 reason, ?5 now, ?6 cart, ?7 its SHA-256.
INSERT INTO refused_cart (fingerprint, caller, trip_id, reason, first_at_ms, last_at_ms, cart,
                          cart_sha256)
  VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7);

-- name: add_to_share
-- ?1 caller, ?2 bytes.
INSERT INTO refused_share (caller, carts, bytes) VALUES (?1, 1, ?2)
  ON CONFLICT (caller) DO UPDATE SET carts = carts + 1, bytes = bytes + excluded.bytes;

-- name: note_not_kept
-- ?1 now. Of all of them.
INSERT INTO refused_share (caller, carts, bytes, not_kept, not_kept_at_ms) VALUES ('*', 0, 0, 1, ?1)
  ON CONFLICT (caller) DO UPDATE SET not_kept = not_kept + 1, not_kept_at_ms = ?1;

-- name: drop_refused
-- ?1 id. Not what is on its way to the cloud. Gives trip id, caller, bytes and delivery.
DELETE FROM refused_cart WHERE id = ?1 AND (delivery_id IS NULL
    OR (SELECT state FROM delivery WHERE delivery.id = refused_cart.delivery_id) <> {delivery.pending})
  RETURNING trip_id, caller, length(cart), delivery_id;

-- name: withdraw_refused
-- ?1 delivery, ?2 reason. It is set aside, and nothing waits for it.
UPDATE delivery SET state = {delivery.withdrawn}, damaged = 0, reason = ?2
  WHERE id = ?1 AND state = {delivery.set_aside};

-- name: forwarded_before
-- ?1 id of the trip that a refused cart is forwarded as. Gives delivery, state and trip sequence: the cart
-- was dropped since, and came again.
SELECT delivery.id, delivery.state, trip.sequence
  FROM trip CROSS JOIN delivery INDEXED BY delivery_by_trip ON delivery.trip_sequence = trip.sequence
  WHERE trip.trip_id = ?1 AND delivery.kind = {kind.refused_cart};

-- name: forward_anew
-- ?1 delivery, ?2 now, ?3 bytes, ?4 their SHA-256. renew_order follows.
UPDATE delivery SET state = {delivery.pending}, next_attempt_ms = ?2, finished_at_ms = NULL,
    damaged = 0, refused_status = NULL, payload = ?3, payload_sha256 = ?4
  WHERE id = ?1 AND state IN ({delivery.set_aside}, {delivery.withdrawn});

-- name: take_from_share
-- ?1 caller, ?2 bytes.
UPDATE refused_share SET carts = carts - 1, bytes = bytes - ?2 WHERE caller = ?1;

-- name: note_dropped
UPDATE refused_share SET dropped = dropped + 1 WHERE caller = '*';

-- name: refused_to_forward
-- ?1 id. Gives the delivery, the first time and the fingerprint; then the bytes and their SHA-256.
SELECT delivery_id, first_at_ms, fingerprint, cart, cart_sha256 FROM refused_cart WHERE id = ?1;

-- name: note_forwarded
-- ?1 id, ?2 delivery.
UPDATE refused_cart SET delivery_id = ?2 WHERE id = ?1;

-- name: refused_page
-- ?1 after this id, ?2 limit.
SELECT {refused_columns} FROM refused_cart WHERE id > ?1 ORDER BY id LIMIT ?2;

-- name: refused_cart
-- ?1 id.
SELECT {refused_columns} FROM refused_cart WHERE id = ?1;

-- name: bytes_of_refused
-- ?1 id: its bytes and their SHA-256.
SELECT cart, cart_sha256 FROM refused_cart WHERE id = ?1;

-- name: refused_recently
-- ?1 since. Those that nobody has had forwarded, from the index alone.
SELECT count(*) FROM refused_cart INDEXED BY refused_cart_waiting
  WHERE delivery_id IS NULL AND last_at_ms > ?1;

-- name: refused_waiting
SELECT count(*) FROM refused_cart INDEXED BY refused_cart_waiting WHERE delivery_id IS NULL;

-- name: last_refused
-- The last of those: trip id, reason, when.
SELECT trip_id, reason, last_at_ms FROM refused_cart INDEXED BY refused_cart_waiting
  WHERE delivery_id IS NULL ORDER BY last_at_ms DESC LIMIT 1;

-- name: refused_total
-- Of all of them: how many, how many bytes, how many more were not kept, and when the last was not; and how
-- many a person has dropped.
SELECT carts, bytes, not_kept, not_kept_at_ms, dropped FROM refused_share WHERE caller = '*';
