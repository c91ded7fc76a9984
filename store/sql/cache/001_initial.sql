-- The shopper cache: a replica of the feed. Rebuildable, so it may be deleted while the daemon is
-- stopped. No loyalty number is in it: a key is kept as a keyed hash (store/cache/key_hash.hpp).

CREATE TABLE shopper (
  id           INTEGER PRIMARY KEY,
  document_id  TEXT    NOT NULL UNIQUE,   -- the feed's _id: what a tombstone names
  shopper_id   TEXT    NOT NULL,
  role         INTEGER NOT NULL,          -- Role: 1 shopper, 2 associate
  status       INTEGER NOT NULL,          -- Status: 1 active, 2 blocked
  loyalty      TEXT    NOT NULL,          -- the feed's loyalty object as JSON, '' where there is none
  key_hashes   BLOB    NOT NULL           -- its keys, 16 bytes each: so an update finds the old ones
) STRICT;

-- What a scan asks. It repeats what the gate needs of the shopper, so that a lookup reads one tree.
CREATE TABLE credential (
  key_hash     BLOB    PRIMARY KEY,       -- 16 bytes
  shopper      INTEGER NOT NULL,          -- shopper.id of the document that claimed the key last
  shopper_id   TEXT    NOT NULL,          -- of that document, like the two below
  role         INTEGER NOT NULL,
  status       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Exactly one row.
CREATE TABLE feed_position (
  id             INTEGER PRIMARY KEY CHECK (id = 1),
  cursor         TEXT    NOT NULL,        -- last_seq of the last applied batch, '' before the first
  complete       INTEGER NOT NULL,        -- 1 once the feed was caught up with
  synced_at_ms   INTEGER NOT NULL,        -- when the feed last said that nothing is missing; 0: never
  key_check      BLOB    NOT NULL         -- tells whether the hash key is still the same
) STRICT;
