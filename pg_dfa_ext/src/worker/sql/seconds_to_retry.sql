-- Seconds until a step of this worker's role is tried again.
select extract(epoch from min(step.retry_at) - clock_timestamp())::float8
from dfa.task_step as step join dfa.task_process as task using (process_id)
where step.state = 'WAITING' and step.is_ready and step.retry_at > clock_timestamp() and task.status = 2
  and task.cancelled_at is null and task.process_by = session_user
