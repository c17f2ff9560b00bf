-- The run of this session was stopped: what still waited is not run.
update dfa.task_step as step
set state = 'CANCELLED', finished_at = clock_timestamp(),
    message = format('Error: Cancelled ''%s'': the command was stopped', step.node)
from dfa.task_process as task
where task.process_id = step.process_id and task.backend_pid = pg_backend_pid() and task.status = 2
  and task.process_type like 'foreground|%' and step.state in ('WAITING', 'PROCESSING')
  -- A front service that is at one ends it.
  and step.id not in (select step_id from dfa.front_session)
