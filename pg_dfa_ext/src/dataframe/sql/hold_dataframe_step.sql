-- Holds step $1, claimed at $2, until the transaction ends: the row is written, so that nobody else takes it.
update dfa.task_step as step
set worker = pg_backend_pid()
from dfa.task_process as task
where step.id = $1 and step.state = 'PROCESSING' and step.by_front and step.started_at = $2
  and task.process_id = step.process_id and task.status = 2 and task.cancelled_at is null
returning step.id
