-- Takes the next step that this session's role can run, and returns it with its task. The row is written, not locked: who
-- runs it locks it, and its worker's lock tells whether that one is alive.
with next as (
    select step.id
    from dfa.task_step as step
         join dfa.ready_step as ready using (id)
    where ready.process_by = session_user
    order by ready.priority, ready.process_id, ready.step_order
    limit 1
    for no key update of step skip locked
)
update dfa.task_step as step
set crashes = crashes + case when state = 'PROCESSING' then 1 else 0 end,
    state = 'PROCESSING', worker = pg_backend_pid(), started_at = clock_timestamp()
from next
where step.id = next.id
returning step.id, step.process_id
