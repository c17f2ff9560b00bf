-- The steps of task $1 with their errors; one that waits to be tried again has none yet.
select run_date::text as run_date, node, state::text as state, rows, process_time::float8 as seconds, message,
       case when state in ('FAILED', 'BLOCKED') then error end as error
from dfa.task_step
where process_id = $1
order by step_order
