-- Table $1 with what it reads $2 steps far and what reads it $3 steps far, the nearest first, with the state of each. Indexes
-- task_step_node and data_interval_stale.
select around.table_name as name, around.distance, around.reads, watermark.data_date, count(*) over () as total,
       case when not coalesce(dfa.is_active(watermark.active_flg), true) then 'OFF'
            when last.state in ('FAILED', 'BLOCKED', 'PROCESSING') then last.state::text
            when exists (select from dfa.data_interval as stale
                         where stale.table_name = around.table_name and stale.state = 'stale') then 'stale'
            when last.state is null and watermark.landed then 'SUCCESS'
            when last.state is null and catalog.document -> 'update' is null then 'LANDED'
            when last.state is null then 'NEVER' else last.state::text end as state
from dfa.neighbourhood($1, $2, $3) as around
     left join dfa.catalog as catalog on catalog.current and catalog.kind = 'table' and catalog.name = around.table_name
     left join dfa.data_pipeline as watermark on watermark.table_name = around.table_name
     left join lateral (
         select state from dfa.task_step where node = around.table_name order by run_date desc, id desc limit 1
     ) as last on true
order by abs(around.distance), around.table_name
limit 150
