-- A run by step $4 has taken the intervals of table $1 that touch the days from $2 (left out itself, if $5) to $3. Those that
-- were over at the moment $6 are done; the others are open: rows of theirs are
-- still to come. One that was open before, or stale, stays so unless it begins after the day $7 (null: it was taken whole).
-- So does one that was made stale since the run looked at its sources: it saw the marks at the moments $9 of the intervals $8,
-- and its own has the moment $6.
insert into dfa.data_interval as known (table_name, interval_start, run_type, state, step_id)
select watermark.table_name, day::date, watermark.run_type,
       case when day + unit.length <= $6 then 'done'
            else 'open' end::dfa.interval_state, $4
from dfa.data_pipeline as watermark
     join dfa.run_unit as unit using (run_type),
     lateral (select date_trunc(unit.name, $3::date::timestamp)) as last (start),
     lateral (select least(date_trunc(unit.name, $2::date::timestamp)
                               + case when $5 then unit.length else interval '0' end, last.start)) as first (start),
     generate_series(first.start, last.start, unit.length) as day
where watermark.table_name = $1
on conflict (table_name, interval_start) do update
set state = excluded.state, run_type = excluded.run_type, step_id = excluded.step_id, reason = null,
    updated_at = clock_timestamp()
where (known.state = 'done' or $7::date is null or known.interval_start > $7::date)
  and (known.state <> 'stale' or known.updated_at = $6
       or (known.interval_start, known.updated_at) in (select * from unnest($8::date[], $9::timestamptz[])))
