-- Sums up what cancel_own_steps.sql ended.
select process_id
from (select process_id from dfa.task_process
      where backend_pid = pg_backend_pid() and status = 2 and process_type like 'foreground|%') as own
     cross join lateral dfa.finish_run(process_id)
order by process_id desc
