-- Step $1 begins, if this process still has it and its task is not cancelled. A cancel between the claim and this
-- transaction found no statement to stop. The row is written, so that nobody else takes the step until this transaction
-- ends; a lock alone would make each later version a multixact, which is slow to look at.
update dfa.task_step as step
set started_at = clock_timestamp()
from dfa.task_process as task
where step.id = $1 and step.state = 'PROCESSING' and step.worker = pg_backend_pid()
  and task.process_id = step.process_id and task.cancelled_at is null
returning step.id, step.step_order, step.node, step.run_date::text as run_date, step.choose, step.attempts, step.crashes
