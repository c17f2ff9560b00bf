-- The intervals of table $1 from the one that holds the day $2 (null: the first of its ledger or of its watermark) to the
-- one that holds $3 (null: the watermark's run_date) that are missing, stale, or were taken while they were open and are
-- over by now.
select day::date as interval_start, (day + unit.length - interval '1 day')::date as interval_end,
       coalesce(known.state::text, 'missing') as state,
       case known.state when 'open' then coalesce(known.reason, 'a run took it before it was over')
                        else coalesce(known.reason, 'no run has covered it') end as reason
from dfa.data_pipeline as watermark
     join dfa.run_unit as unit using (run_type),
     lateral (select coalesce($2::date, least(min(interval_start), watermark.run_date)) as start
              from dfa.data_interval where table_name = $1) as first,
     generate_series(date_trunc(unit.name, first.start::timestamp),
                     date_trunc(unit.name, coalesce($3::date, watermark.run_date)::timestamp), unit.length) as day
     left join dfa.data_interval as known on known.table_name = $1 and known.interval_start = day::date
where watermark.table_name = $1 and known.state is distinct from 'done'
  and (known.state is distinct from 'open'
       or day + unit.length <= clock_timestamp())
order by day
