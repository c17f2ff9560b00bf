-- What a cancel ($2) or resume of task $1 finds: its steps that are not over, or were not done, in their order, with what is
-- known of them; 500 at most. By the unique key of steps; index task_step_node.
with task as (
    select process_id, process_name_put as name, status <> 2 as is_over from dfa.task_process where process_id = $1
),
step as materialized (
    select * from dfa.task_step where process_id = $1
),
left_over as (
    select step.*, last.rows as last_rows, last.seconds
    from (select * from step where state not in ('SUCCESS', 'SKIPPED') order by state <> 'PROCESSING', run_date, step_order limit 500) as step
         cross join lateral (
             select (array_agg(recent.rows order by recent.run_date desc, recent.id desc))[1] as rows,
                    percentile_cont(0.5) within group (order by recent.process_time) as seconds
             from (select id, rows, process_time, run_date from dfa.task_step as known
                   where known.node = step.node and known.state = 'SUCCESS' order by known.run_date desc limit 30) as recent
         ) as last
)
select task.name, task.is_over, (select count(*) from step) as steps,
       (select count(*) from step where state in ('SUCCESS', 'SKIPPED')) as done,
       coalesce((select json_agg(json_build_object(
                     'kind', 'table', 'name', node, 'run_date', run_date, 'last_day', null,
                     'action', case when not $2 then 'run' when state = 'PROCESSING' then 'rolled back' else 'not run' end,
                     'reason', case state when 'PROCESSING' then 'it is under way'
                                          when 'FAILED' then coalesce('it failed: ' || left(split_part(coalesce(error ->> 'message', message), E'\n', 1), 300), 'it failed')
                                          when 'BLOCKED' then 'what it reads failed'
                                          when 'CANCELLED' then 'it was cancelled' else 'it waits' end,
                     'last_rows', last_rows, 'expected_seconds', seconds) order by state <> 'PROCESSING', run_date, step_order)
                 from left_over), '[]') as left
from task
