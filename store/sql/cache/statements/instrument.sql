-- What the store holds against, or grants to, a payment instrument.

-- name: put_instrument
-- ?1 document id, then the columns in their order.
INSERT OR REPLACE INTO instrument (document_id, outstanding_minor, outstanding_code, risks, decision,
                                   authorize_minor, authorize_code, unclear)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: remove_instrument
-- ?1 document id.
DELETE FROM instrument WHERE document_id = ?1;

-- name: find_instrument
-- ?1 document id. The columns of read_instrument(), in its order.
SELECT outstanding_minor, outstanding_code, risks, decision, authorize_minor, authorize_code, unclear
  FROM instrument WHERE document_id = ?1;
