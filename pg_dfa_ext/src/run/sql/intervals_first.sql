-- The intervals that a run by step $5 took of table $1, of run type $2, for the first time: those that the ledger has not from the one
-- that begins on $3 to that of $4. Those that were over at the moment $6 are done; the others are open.
insert into dfa.data_interval (table_name, interval_start, run_type, state, step_id)
select $1, day::date, $2, case when day + dfa.unit_length($2) <= $6 then 'done' else 'open' end::dfa.interval_state, $5
from generate_series($3::date::timestamp, $4::date::timestamp, dfa.unit_length($2)) as day
-- What is left as it was.
on conflict (table_name, interval_start) do nothing
