-- How file $2 of table $1 went, in version $3 with $4 bytes, written at $5 (microseconds since 1970), of SHA-256 $6: state $7, rows
-- $8, refused $9, message $10, seconds $11, refused rows $12.
select dfa.note_file($1, $2, $3, $4, timestamptz '1970-01-01 00:00+00' + $5::bigint * interval '1 microsecond', $6, $7, $8, $9, $10,
                     $11::float8, $12::json)
