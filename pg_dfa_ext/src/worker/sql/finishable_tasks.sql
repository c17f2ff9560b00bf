-- The background tasks of this session's role that have no step left to run. First, what is left of a cancelled task is
-- cancelled: a step that was given back, one whose worker died.
with left_behind as (
    update dfa.task_step as step
    set state = 'CANCELLED', finished_at = clock_timestamp()
    from dfa.task_process as task
    where task.process_id = step.process_id and task.status = 2 and task.process_by = session_user
      and task.cancelled_at is not null
      and (step.state = 'WAITING'
           or step.state = 'PROCESSING'
              and (step.worker = pg_backend_pid() or step.worker not in (select pid from dfa.worker))
              and step.id not in (select step_id from dfa.front_session))
    returning step.id
)
select task.process_id
from dfa.task_process as task
where task.status = 2 and task.process_type like 'background|%' and task.process_by = session_user
  and not exists (
      select from dfa.task_step as step
      where step.process_id = task.process_id and step.state in ('WAITING', 'PROCESSING')
        and step.id not in (select id from left_behind)
  )
