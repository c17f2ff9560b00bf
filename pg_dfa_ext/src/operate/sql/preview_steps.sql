-- Of nodes $1 on dates $2, in their order: the last day of the interval, what the ledger says of it, whether that is a gap, and of
-- the node's runs of its thirty latest dates the rows of the last and the median of the seconds.
with node as materialized (
    select one.name, unit.name as unit, unit.length, recent.last_rows, recent.expected_seconds
    from (select distinct node as name from unnest($1) as node) as one
         left join dfa.data_pipeline on table_name = one.name
         left join dfa.run_unit as unit using (run_type)
         cross join lateral (
             select (array_agg(rows order by finished_at desc))[1] as last_rows,
                    round(percentile_cont(0.5) within group (order by process_time::float8)::numeric, 3)::float8 as expected_seconds
             from (select rows, process_time, finished_at from dfa.task_step as step
                   where step.node = one.name and step.state = 'SUCCESS'
                   order by step.run_date desc limit 30) as step
         ) as recent
)
select (first.day + node.length - interval '1 day')::date::text as last_day,
       case when known.state is null then 'no run has covered it'
            when known.state = 'stale'
            then format('stale since %s: %s', to_char(known.updated_at, 'YYYY-MM-DD HH24:MI'), coalesce(known.reason, 'rows changed'))
            when known.state = 'open'
            then format('taken %s, before it was over', to_char(known.updated_at, 'YYYY-MM-DD HH24:MI'))
            else format('done %s', to_char(known.updated_at, 'YYYY-MM-DD HH24:MI')) end as ledger,
       known.state is distinct from 'done' as is_gap, node.last_rows, node.expected_seconds
from unnest($1, $2) with ordinality as step (name, run_date, place)
     join node using (name)
     left join lateral (select date_trunc(node.unit, step.run_date::date::timestamp) as day) as first on true
     left join dfa.data_interval as known on known.table_name = step.name and known.interval_start = first.day::date
order by place
