-- Puts $2 into table $1: action $3, mode $4, update_date $5, what happens to bad rows $6.
select row_to_json(result)
from dfa.ingest($1, $2::text::json, action => $3, mode => $4, update_date => $5::text::timestamptz,
                on_error => $6) as result
