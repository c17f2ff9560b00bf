-- Step $1 runs DataFrame functions: it waits for a front service. One that hears nothing looks now and then.
with step as (
    update dfa.task_step
    set state = 'WAITING', by_front = true, is_ready = true, worker = null, started_at = null
    where id = $1
    returning process_id, id, node, run_date
)
select pg_notify('dfa_event', json_build_object(
           'event', 'dataframe', 'process_id', process_id, 'step_id', id, 'node', node, 'run_date', run_date,
           'state', 'WAITING')::text)
from step
