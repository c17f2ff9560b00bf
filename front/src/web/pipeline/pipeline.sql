-- Pipeline $1 (by name): its definition, why it does not run, its nodes with their last fourteen run dates, its last thirty
-- runs, its versions. Indexes task_step_node, task_process_name, catalog_history.
with tracked as (
    select * from dfa.task_schedule where kind = 'pipeline' and pipeline_name = $1
),
definition as (
    select document from dfa.catalog where current and kind = 'pipeline' and name = $1
),
node as materialized (
    select nodes.place, nodes.node, nodes.reads, watermark.data_date, watermark.run_date, watermark.run_type::text as run_type,
           coalesce(dfa.is_active(watermark.active_flg), true) as active
    from tracked
         cross join lateral dfa.pipeline_nodes(tracked.pipeline_name) as nodes
         left join dfa.data_pipeline as watermark on watermark.table_name = nodes.node
),
-- The newest step of each node and date.
cell as materialized (
    select distinct on (node.node, step.run_date) node.node, step.run_date, step.process_id, step.state
    from node
         cross join lateral (select * from dfa.task_step where task_step.node = node.node
                             order by task_step.run_date desc limit 60) as step
    order by node.node, step.run_date, step.id desc
),
date as (
    select array_agg(run_date order by run_date) as list
    from (select distinct run_date from cell order by run_date desc limit 14) as last
),
run as (
    select task.process_id, coalesce(replace(task.run_date_put, ',', ', '), '') as run_dates, task.run_mode, task.process_by as by, task.created_at,
           case when task.status = 2 then extract(epoch from clock_timestamp() - task.created_at) else task.process_time end as seconds,
           case when task.status = 0 then 'SUCCESS' when task.status = 1 and task.cancelled_at is not null then 'CANCELLED'
                when task.status = 1 then 'FAILED' else 'PROCESSING' end as state,
           task.process_number_put as steps, task.process_number_get as done,
           (select sum(rows)::bigint from dfa.task_step where process_id = task.process_id) as rows
    from dfa.task_process as task
    where task.process_name_put = $1
    order by task.created_at desc, task.process_id desc
    limit 30
)
select tracked.pipeline_name as name, tracked.pipeline_id as id, definition.document ->> 'description' as description,
       definition.document ->> 'owner' as owner, dfa.is_active(tracked.active_flg) as active, held.sentence as paused,
       starts.schedule,
       starts.trigger,
       definition.document ->> 'deadline' as deadline, tracked.next_slot, why.cause, why.sentence, why.late_since,
       coalesce((select json_agg(coalesce(id.pipeline_name, named.trigger_id) order by named.trigger_id)
                 from dfa.schedule_trigger as named left join dfa.task_schedule as id on id.pipeline_id = named.trigger_id
                 where named.pipeline_id = tracked.pipeline_id), '[]') as fed_by,
       coalesce(to_json(date.list), '[]') as dates,
       coalesce((select json_agg(json_build_object(
                     'place', node.place, 'node', node.node, 'reads', node.reads, 'active', node.active, 'data_date', node.data_date,
                     'run_date', node.run_date, 'run_type', node.run_type,
                     'state', coalesce((select cell.state::text from cell where cell.node = node.node order by cell.run_date desc limit 1), 'NEVER'),
                     'cells', coalesce((select json_agg(case when cell.node is not null then json_build_object('process_id', cell.process_id, 'state', cell.state) end order by day)
                                        from unnest(date.list) as day left join cell on cell.node = node.node and cell.run_date = day), '[]')
                 ) order by node.place) from node), '[]') as nodes,
       coalesce((select json_agg(run) from run), '[]') as runs,
       coalesce((select json_agg(known) from (
                     select version, loaded_at, loaded_by, current from dfa.catalog
                     where kind = 'pipeline' and name = $1 order by version desc, id desc limit 20) as known), '[]') as versions
from tracked
     cross join date
     left join definition on true
     left join lateral (
         select max(text) filter (where key in ('schedule', 'scheduler')) as schedule,
                max(text) filter (where key in ('trigger', 'triggers')) as trigger
         from (select key, case json_typeof(value)
                               when 'array' then (select string_agg(part, ', ') from json_array_elements_text(value) as part)
                               else value #>> '{}' end as text
               from json_each(definition.document)
               where key in ('schedule', 'scheduler', 'trigger', 'triggers')) as said
     ) as starts on true
     left join dfa.paused_now as held on held.kind = 'pipeline' and held.name = tracked.pipeline_name
     cross join lateral dfa.why(tracked.pipeline_name) as why
