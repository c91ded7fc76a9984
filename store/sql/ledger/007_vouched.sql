-- Which charges are this ledger's for sure.

-- 1: the cloud's price named this ledger, or the cloud or a person said that no other one made it. It is not
-- withheld when it turns out that the ledger was made after its trip had begun.
ALTER TABLE settlement ADD COLUMN vouched INTEGER NOT NULL DEFAULT 0;
