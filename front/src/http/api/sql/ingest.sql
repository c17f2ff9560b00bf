-- Puts $2 into table $1: action $3, mode $4, update_date $5, run_date $6, what happens to bad rows $7.
select row_to_json(result)
from dfa.ingest($1, $2::text::json, action => $3, mode => $4, update_date => $5::text::timestamptz,
                run_date => coalesce($6::text::date, dfa.today()), on_error => $7) as result
