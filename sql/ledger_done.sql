-- The intervals of table $1 that touch the days from $2 (left out itself in a rerun, $5) to $3 are done, by step $4.
insert into dfa.data_interval as known (table_name, interval_start, run_type, state, step_id)
select table_name, day::date, run_type, 'done', $4
from dfa.data_pipeline,
     lateral (select case run_type when 'daily' then 'day' when 'weekly' then 'week'
                                   when 'monthly' then 'month' else 'year' end) as unit (name),
     lateral (select ('1 ' || unit.name)::interval) as one (interval),
     lateral (select date_trunc(unit.name, $3::date::timestamp)) as last (start),
     lateral (select least(date_trunc(unit.name, $2::date::timestamp)
                               + case when $5 then one.interval else interval '0' end, last.start)) as first (start),
     generate_series(first.start, last.start, one.interval) as day
where table_name = $1
on conflict (table_name, interval_start) do update
set state = 'done', run_type = excluded.run_type, step_id = excluded.step_id, reason = null,
    updated_at = clock_timestamp()
