-- What $1 may mean, the likeliest first: a task by the start of its id, a definition by name or short name, tasks of a run
-- date, the last tasks that failed with this SQLSTATE or this text. Indexes: the primary key of tasks, catalog_current_key,
-- task_step_sqlstate, task_step_failed.
with task as (
    select process_id, process_name_put, run_date_put from dfa.task_process
    where $1 ~ '^[0-9]{4,64}$' and process_id >= $1 and process_id <= $1 || repeat('9', 64)
    order by process_id desc limit 20
),
definition as (
    select kind, name, shortname, document ->> 'description' as description, name = $1 or shortname = $1 as exact
    from dfa.catalog
    where current and (strpos(name, lower($1)) > 0 or shortname = $1)
    order by name <> $1, shortname <> $1, name limit 50
),
failed as (
    select task.process_id, task.process_name_put, left(step.message, 200) as message
    from (select process_id, message, id from dfa.task_step
          where $1 ~ '^[0-9A-Z]{5}$' and error is not null and error ->> 'sqlstate' = $1
          order by id desc limit 20) as step
         join dfa.task_process as task using (process_id)
),
worded as (
    select process_id, process_name_put, left(process_message, 200) as message
    from (select process_id, process_name_put, process_message, status from dfa.task_process
          where created_at > clock_timestamp() - interval '30 days' and status = 1
          order by created_at desc limit 2000) as recent
    where length($1) > 3 and strpos(lower(process_message), lower($1)) > 0
    limit 20
)
select 'task' as kind, process_id as name, '/t/' as address, process_name_put || ' for ' || coalesce(run_date_put, '') as about,
       (select count(*) from task) = 1 as exact
from task
union all
select kind::text, name, case kind when 'table' then '/tables/' when 'pipeline' then '/pipelines/' else '/catalog/' || kind || '/' end,
       description, exact
from definition
union all
select 'task', process_id, '/t/', process_name_put || ': ' || message, false from failed
union all
select 'task', process_id, '/t/', process_name_put || ': ' || message, false from worded
