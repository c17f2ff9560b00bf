-- Puts $2 into table $1: action $3, mode $4, update_date $5, run_date $6, what happens to bad rows $7.
select pg_catalog.row_to_json(result) as result
from dfa.ingest($1, $2::pg_catalog.json, action => $3, mode => $4, update_date => $5::pg_catalog.timestamptz,
                run_date => coalesce($6::pg_catalog.date, dfa.today()), on_error => $7) as result
