-- The steps of tasks whose role is gone, or has lost its rights, end and say so, but for those that are under way. Returns
-- the tasks.
with step as (
    update dfa.task_step as step
    set state = 'FAILED', finished_at = clock_timestamp(), message = 'Error: ' || orphan.reason
    from dfa.orphaned_task as orphan
    where step.process_id = orphan.process_id
      and (step.state = 'WAITING'
           or step.state = 'PROCESSING'
              and (step.worker = pg_backend_pid() or step.worker not in (select pid from dfa.worker))
              and step.id not in (select step_id from dfa.front_session))
)
select process_id from dfa.orphaned_task
