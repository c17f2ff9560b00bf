-- Pipeline $1 (by name): its definition, why it does not run, its nodes with their last run dates or runs, its last sixty runs,
-- its versions. Indexes task_step_node, task_process_name, catalog_history. The grid has at most 2000 cells.
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
-- What the grid has columns for: run dates, or, if $2 is runs, tasks.
width as (
    select least(20, greatest(4, 2000 / greatest(1, (select count(*) from node))))::integer as columns
),
task as materialized (
    select process_id, created_at, row_number() over (order by created_at, process_id) as number
    from (select process_id, created_at from dfa.task_process where process_name_put = $1
          order by created_at desc, process_id desc limit (select columns from width)) as last
),
-- The newest step of each node and date, or of each node and run.
cell as materialized (
    (select distinct on (node.node, step.run_date) node.node, step.run_date::text as head, step.process_id, step.state
     from node
          cross join lateral (select * from dfa.task_step where task_step.node = node.node
                              order by task_step.run_date desc limit 60) as step
     where $2::text is distinct from 'runs'
     order by node.node, step.run_date, step.id desc)
    union all
    (select distinct on (step.node, task.process_id) step.node, task.process_id as head, step.process_id, step.state
     from task join dfa.task_step as step on step.process_id = task.process_id
     where $2::text = 'runs'
     order by step.node, task.process_id, step.run_date desc, step.id desc)
),
head as (
    select json_agg(head order by number) as heads, array_agg(key order by number) as list
    from (
        select json_build_object('date', head, 'process_id', null, 'at', null) as head, head as key,
               row_number() over (order by head) as number
        from (select distinct head from cell where $2::text is distinct from 'runs' order by head desc limit (select columns from width)) as last
        union all
        select json_build_object('date', null, 'process_id', process_id, 'at', created_at), process_id, number
        from task where $2::text = 'runs'
    ) as known
),
-- Versions of the pipeline and of its nodes, for what changed between two runs.
version as materialized (
    select kind::text as kind, name, id::text as id, loaded_at
    from dfa.catalog
    where kind = 'pipeline' and name = $1 or kind = 'table' and name in (select node.node from node)
),
run as (
    select task.process_id, coalesce(replace(task.run_date_put, ',', ', '), '') as run_dates, task.run_mode, task.process_by as by, task.created_at,
           case when task.status = 2 then extract(epoch from now() - task.created_at) else task.process_time end as seconds,
           case when task.status = 0 then 'SUCCESS' when task.status = 1 and task.cancelled_at is not null then 'CANCELLED'
                when task.status = 1 then 'FAILED' else 'PROCESSING' end as state,
           task.process_number_put as steps, task.process_number_get as done,
           (select sum(rows)::bigint from dfa.task_step where process_id = task.process_id) as rows,
           (select coalesce(json_agg(changed), '[]') from (
                select kind, name, id from version
                where loaded_at <= task.created_at and loaded_at > task.before order by kind, name limit 5) as changed) as changed
    from (select *, lag(created_at) over (order by created_at, process_id) as before
          from (select * from dfa.task_process where process_name_put = $1
                order by created_at desc, process_id desc limit 60) as last) as task
    order by task.created_at desc, task.process_id desc
)
select tracked.pipeline_name as name, tracked.pipeline_id as id, definition.document ->> 'description' as description,
       definition.document ->> 'owner' as owner, dfa.is_active(tracked.active_flg) as active, held.sentence as paused,
       starts.schedule,
       starts.trigger,
       definition.document ->> 'deadline' as deadline, tracked.next_slot, why.cause, why.sentence, why.late_since,
       coalesce((select json_agg(coalesce(id.pipeline_name, named.trigger_id) order by named.trigger_id)
                 from dfa.schedule_trigger as named left join dfa.task_schedule as id on id.pipeline_id = named.trigger_id
                 where named.pipeline_id = tracked.pipeline_id), '[]') as fed_by,
       coalesce(head.heads, '[]') as heads,
       coalesce((select json_agg(json_build_object(
                     'place', node.place, 'node', node.node, 'reads', node.reads, 'active', node.active, 'data_date', node.data_date,
                     'run_date', node.run_date, 'run_type', node.run_type,
                     'state', coalesce(newest.state, 'NEVER'),
                     'cells', coalesce((select json_agg(case when cell.node is not null then json_build_object('process_id', cell.process_id, 'state', cell.state) end order by known.place)
                                        from unnest(head.list) with ordinality as known (key, place)
                                             left join cell on cell.node = node.node and cell.head = known.key), '[]')
                 ) order by node.place)
                 from node
                      left join lateral (select step.state::text as state from dfa.task_step as step where step.node = node.node
                                         order by step.run_date desc, step.id desc limit 1) as newest on true), '[]') as nodes,
       coalesce((select json_agg(run) from run), '[]') as runs,
       coalesce((select json_agg(known) from (
                     select id::text as id, version, loaded_at, loaded_by, current from dfa.catalog
                     where kind = 'pipeline' and name = $1 order by version desc, id desc limit 20) as known), '[]') as versions
from tracked
     cross join head
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
