-- The steps of task $1 with their errors; one that waits to be tried again has none yet.
select run_date::text, node, state::text, rows, process_time::float8, message,
       case when state in ('FAILED', 'BLOCKED') then error end
from dfa.task_step
where process_id = $1
order by step_order
