-- What 0.2.0 keeps on disk so that nothing irrevocable rests on one weak sign.

-- Evidence of charges: how often a capture left, and what was learned since.

-- Records: what proves that bytes are those that came, and which revision of a record this is.

-- Identity: which ledger this is, and whether its history can be vouched for.
