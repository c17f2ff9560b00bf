-- The events that a look finds, each with its key and state, of the last $2 seconds, and of tasks that are open or are
-- among $1, those that were open before; in the order in which they happen. Whoever looks again tells those whose state
-- differs.
with task as (
    select process_id from dfa.task_process where status = 2
    union
    select process_id from dfa.task_process where finished_at > clock_timestamp() - make_interval(secs => $2)
    union
    select unnest($1)
),
told as (
    select task.process_id,
           case when task.status = 0 then 'SUCCESS' when task.status = 1 then 'FAILED'
                when task.process_type like 'background|%' then 'SUBMITTED' else 'PROCESSING' end as state,
           task.process_name_put
    from task as of_interest
         join dfa.task_process as task using (process_id)
)
select 'task ' || process_id as key, state, process_id,
       json_build_object('event', 'task', 'process_id', process_id, 'name', process_name_put, 'state', state)::text as event,
       case when state in ('SUCCESS', 'FAILED') then 3 else 1 end as place
from told
union all
select 'step ' || step.id, step.state || ' ' || step.attempts, null,
       json_build_object('event', 'step', 'process_id', step.process_id, 'step_id', step.id, 'node', step.node,
                         'run_date', step.run_date, 'state', step.state, 'rows', step.rows,
                         'message', left(step.message, 1000), 'seconds', step.process_time,
                         'sqlstate', step.error ->> 'sqlstate')::text,
       2
from task
     join dfa.task_step as step using (process_id)
where step.finished_at > clock_timestamp() - make_interval(secs => $2) and step.state <> 'PROCESSING'
union all
select 'late ' || pipeline_id || ' ' || slot, 'late', null,
       json_build_object('event', 'late', 'pipeline_id', pipeline_id, 'slot', slot, 'deadline', deadline_at,
                         'process_id', process_id)::text,
       4
from dfa.schedule_slot
where late_at > clock_timestamp() - make_interval(secs => $2)
order by place, key
