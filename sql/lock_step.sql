-- Step $1, if this process still has it and its task is not cancelled: the claim, as a lock that ends with the
-- transaction. A cancel between the claim and this transaction found no statement to stop.
select step.id, step.node, step.run_date::text, step.choose, step.attempts, step.crashes
from dfa.task_step as step
     join dfa.task_process as task using (process_id)
where step.id = $1 and step.state = 'PROCESSING' and step.worker = pg_backend_pid() and task.cancelled_at is null
for no key update of step skip locked
