-- Begins to put rows into table $1: action $2, mode $3, update_date $4, run_date $5, what happens to bad rows $6, in the background $7.
select dfa.ingest_begin($1, action => $2, mode => $3, update_date => $4::pg_catalog.timestamptz,
                        run_date => coalesce($5::pg_catalog.date, dfa.today()), on_error => $6, background => $7) as process_id
