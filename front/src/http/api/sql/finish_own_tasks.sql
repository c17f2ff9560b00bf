-- Sums up what cancel_own_steps.sql ended; the same parameters.
select dfa.finish_run(process_id)
from dfa.task_process
where status = 2 and process_type like 'foreground|%'
  and case $2::text when 'true' then application_name = $1::text else backend_pid = pg_backend_pid() end
  and $3::text is not null
