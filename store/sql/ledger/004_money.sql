-- What is kept of a charge so that money moves only on strong evidence.

-- Adjust calls whose intent was recorded, counted in the very commit that records it: they have a
-- limit in a trip's life, which a restart must not forget.
ALTER TABLE settlement ADD COLUMN adjusts_sent INTEGER NOT NULL DEFAULT 0;

-- What transactional data showed right before the last capture left, written in the very commit that
-- records its intent. NULL: no look was answered, as in rows from before; '': no reconciliationId;
-- else the SHA-256 of the one, in hexadecimal.
ALTER TABLE settlement ADD COLUMN reconciliation_before TEXT;
-- 1: it showed one before this ledger had ever sent a capture of the trip, so a reconciliationId is
-- no sign of a capture, for any trip.
ALTER TABLE settlement ADD COLUMN evidence_unsound INTEGER NOT NULL DEFAULT 0;
CREATE INDEX settlement_unsound ON settlement (evidence_unsound, trip_sequence) WHERE evidence_unsound = 1;

-- The storeId that Amazon sent with the trip's cart: one of store.also_known_as perhaps, and store.id may change.
-- Every call for the trip names it. NULL in rows from before: those name store.id.
ALTER TABLE trip ADD COLUMN store_id TEXT;
