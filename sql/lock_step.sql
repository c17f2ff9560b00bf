-- Step $1, if this worker still has it: the claim, as a lock that ends with the transaction.
select id, node, run_date::text, choose, attempts, crashes
from dfa.task_step
where id = $1 and state = 'PROCESSING' and worker = pg_backend_pid()
for no key update skip locked
