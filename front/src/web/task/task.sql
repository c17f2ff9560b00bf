-- Task $1: itself, its first failure, its steps (those that failed first, 500 at most), the last good run of the same name
-- before it. By the primary key, the unique key of steps, and task_process_name. Of a long error the page has the beginning, of
-- a long message the end; the whole is a text of its own ($2).
with task as (
    select *, process_type like '%|pipeline' as is_pipeline from dfa.task_process where process_id = $1
),
failure as (
    select step.node, step.run_date, left(step.message, 4000) as told, left(step.error ->> 'message', 4000) as message, step.error ->> 'sqlstate' as sqlstate,
           left(step.error ->> 'detail', 8000) as detail, step.error ->> 'hint' as hint, step.error ->> 'process' as process,
           step.error ->> 'statement' as statement, (step.error ->> 'line')::integer as line,
           step.error ->> 'audit' as audit, step.error -> 'rows' as rows
    from dfa.task_step as step
    where step.process_id = $1 and step.state = 'FAILED'
    order by step.run_date, step.step_order
    limit 1
),
step as (
    select step_order as place, node, run_date, state, attempts, rows, process_time as seconds, started_at, finished_at,
           left(replace(coalesce(error ->> 'message', message, ''), E'\n', ' '), 300) as message, worker, retry_at
    from dfa.task_step
    where process_id = $1
    order by state not in ('FAILED', 'BLOCKED'), state <> 'PROCESSING', run_date, step_order
    limit 500
),
counted as (
    select count(*) as steps, count(*) filter (where state in ('SUCCESS', 'SKIPPED')) as done,
           count(*) filter (where state not in ('WAITING', 'PROCESSING')) as ended,
           count(*) filter (where state in ('FAILED', 'BLOCKED', 'CANCELLED')) as undone,
           sum(rows)::bigint as rows
    from dfa.task_step
    where process_id = $1
),
good as (
    select before.*, (select sum(rows)::bigint from dfa.task_step where process_id = before.process_id) as rows
    from task
         cross join lateral (
             select last.process_id, last.created_at, last.process_time as seconds, last.run_date_put as run_date
             from dfa.task_process as last
             where last.process_name_put = task.process_name_put and last.process_module = task.process_module and last.status = 0
               and (last.created_at, last.process_id) < (task.created_at, task.process_id)
             order by last.created_at desc, last.process_id desc
             limit 1
         ) as before
)
select task.process_id, task.process_name_put as name, task.is_pipeline, split_part(task.process_type, '|', 1) as way,
       replace(replace(task.process_module, 'framework|', ''), 'data|', '') as module, task.run_mode,
       coalesce(replace(task.run_date_put, ',', ', '), '') as run_dates, task.process_by as by, task.run_as,
       nullif(task.application_name, '') as program, task.created_at, task.finished_at,
       case when task.status = 2 then extract(epoch from clock_timestamp() - task.created_at) else task.process_time end as seconds,
       case when task.status = 0 then 'SUCCESS' when task.status = 1 and task.cancelled_at is not null then 'CANCELLED'
            when task.status = 1 then 'FAILED' when open.cause = 'running' then 'PROCESSING' when open.cause = 'lost' then 'LOST'
            when open.cause = 'paused' then 'PAUSED' else 'WAITING' end as state,
       open.sentence, case when $2::boolean then coalesce(task.process_message, '') else right(coalesce(task.process_message, ''), 40000) end as message,
       length(task.process_message) > 40000 as is_cut,
       counted.steps, counted.done, counted.undone, counted.rows,
       round(100.0 * counted.ended / greatest(counted.steps, 1))::integer as percent,
       (select row_to_json(failure) from failure) as failure,
       (select row_to_json(good) from good) as good,
       (select coalesce(json_agg(step), '[]') from step) as list
from task
     cross join counted
     left join dfa.open_task as open using (process_id)
