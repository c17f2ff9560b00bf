-- The caller of this session's run went away: what still waited is not run.
update dfa.task_step as step
set state = 'CANCELLED', finished_at = clock_timestamp(),
    message = format('Error: Cancelled ''%s'': its caller went away', step.node)
from dfa.task_process as task
where task.process_id = step.process_id and task.backend_pid = pg_backend_pid() and task.status = 2
  and task.process_type like 'foreground|%' and step.state in ('WAITING', 'PROCESSING')
