-- The nodes of pipeline or table $1 in the order in which they run, with their watermarks, the rows of the last run and the
-- median of the last thirty durations. Index task_step_node.
with target as (
    select kind::text, name from dfa.catalog
    where current and kind in ('pipeline', 'table') and name = $1
),
node as (
    select place, node from target, dfa.pipeline_nodes(target.name) where target.kind = 'pipeline'
    union all
    select 1, name from target where kind = 'table'
)
select dfa.today() as today, node.node, watermark.data_date, watermark.run_date, last.rows, last.seconds,
       (select count(*) from dfa.data_interval
        where table_name = node.node and state in ('stale', 'open')) as open
from node
     left join dfa.data_pipeline as watermark on watermark.table_name = node.node
     cross join lateral (
         select (array_agg(recent.rows order by recent.run_date desc, recent.id desc))[1] as rows,
                percentile_cont(0.5) within group (order by recent.process_time) as seconds
         from (select id, rows, process_time, run_date from dfa.task_step
               where task_step.node = node.node and state = 'SUCCESS'
               order by run_date desc limit 30) as recent
     ) as last
order by node.place
