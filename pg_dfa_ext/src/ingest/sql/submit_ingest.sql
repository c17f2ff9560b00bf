-- Ingest $1, whose chunks have all come, is one step for the workers.
with task as (
    update dfa.task_process
    set process_type = 'background|table', update_date = clock_timestamp(), backend_pid = null,
        process_message = 'Start running ' || quote_literal(process_name_put) || ' ...'
    where process_id = $1
    returning process_id, process_name_put, run_date_put
),
step as (
    insert into dfa.task_step (process_id, step_order, node, run_date)
    select process_id, 1, process_name_put, run_date_put::date from task
)
select pg_notify('dfa_event', json_build_object(
           'event', 'task', 'process_id', process_id, 'name', process_name_put, 'state', 'SUBMITTED')::text)
from task
