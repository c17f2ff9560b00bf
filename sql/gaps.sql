-- The intervals of table $1 from $2 (null: the first of its ledger) to $3 (null: the watermark's run_date) that are
-- missing or stale.
select day::date, (day + unit.length - interval '1 day')::date,
       coalesce(known.state::text, 'missing'),
       coalesce(known.reason, 'no run has covered it')
from dfa.data_pipeline as watermark
     join dfa.run_unit as unit using (run_type),
     lateral (select coalesce($2::date, min(interval_start), watermark.run_date) as start
              from dfa.data_interval where table_name = $1) as first,
     generate_series(date_trunc(unit.name, first.start::timestamp),
                     date_trunc(unit.name, coalesce($3::date, watermark.run_date)::timestamp), unit.length) as day
     left join dfa.data_interval as known on known.table_name = $1 and known.interval_start = day::date
where watermark.table_name = $1 and known.state is distinct from 'done'
order by day
