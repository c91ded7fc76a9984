-- What is kept of a charge so that money moves only on strong evidence.

-- Adjust calls whose intent was recorded, counted in the very commit that records it: they have a
-- limit in a trip's life, which a restart must not forget.
ALTER TABLE settlement ADD COLUMN adjusts_sent INTEGER NOT NULL DEFAULT 0;
