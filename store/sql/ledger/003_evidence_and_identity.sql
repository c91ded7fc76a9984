-- What 0.2.0 keeps on disk so that nothing irrevocable rests on one weak sign.

-- Evidence of charges: how often a capture left, and what was learned since.

-- Records: what proves that bytes are those that came, and which revision of a record this is.

-- 1: an attempt had no clear answer, so it may have had its effect. Only then does an empty 409 say
-- that the record is there already.
ALTER TABLE delivery ADD COLUMN unclear INTEGER NOT NULL DEFAULT 0;

-- Identity: which ledger this is, and whether its history can be vouched for.
