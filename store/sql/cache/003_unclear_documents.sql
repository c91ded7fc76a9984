-- Documents whose newest version cannot be understood (docs/feed-and-cloud.md). The version before
-- must not let anybody in, so a shopper among them has status 2 meanwhile. A version that can be
-- understood, or a removal, takes the document out again. At most 10,000 are kept; what becomes of
-- shoppers and instruments does not depend on it.
CREATE TABLE unclear_document (
  document_id  TEXT    PRIMARY KEY,
  unclear      TEXT    NOT NULL           -- what is wrong with it, without its contents
) STRICT, WITHOUT ROWID;

ALTER TABLE instrument ADD COLUMN unclear INTEGER NOT NULL DEFAULT 0;  -- 1: there may be more

-- The version before passed over what it could not understand, and whoever was let in by an older
-- version still is: the feed is read again from its start, while the gate goes on answering from
-- what is here.
UPDATE feed_position SET cursor = '', complete = 0;
