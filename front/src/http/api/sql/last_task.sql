-- The task of module $1 that this transaction wrote down.
select process_id
from dfa.task_process
where backend_pid = pg_backend_pid() and process_module = 'framework|' || $1 and created_at >= transaction_timestamp()
order by process_id desc
limit 1
