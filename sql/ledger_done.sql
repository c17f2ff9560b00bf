-- The intervals of table $1 that touch the days from $2 (left out itself in a rerun, $5) to $3 are done, by step $4.
insert into dfa.data_interval as known (table_name, interval_start, run_type, state, step_id)
select watermark.table_name, day::date, watermark.run_type, 'done', $4
from dfa.data_pipeline as watermark
     join dfa.run_unit as unit using (run_type),
     lateral (select date_trunc(unit.name, $3::date::timestamp)) as last (start),
     lateral (select least(date_trunc(unit.name, $2::date::timestamp)
                               + case when $5 then unit.length else interval '0' end, last.start)) as first (start),
     generate_series(first.start, last.start, unit.length) as day
where watermark.table_name = $1
on conflict (table_name, interval_start) do update
set state = 'done', run_type = excluded.run_type, step_id = excluded.step_id, reason = null,
    updated_at = clock_timestamp()
