-- What a verification asks for by name. All else that it asks follows from the schema: store/sqlite/walk_sql.hpp.

-- name: trip_of_sequence
-- ?1 trip sequence.
SELECT trip_id FROM trip WHERE sequence = ?1;
