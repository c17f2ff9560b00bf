-- The run of this session, or behind a pooler ($2) the one called $1, was given up, since $3: what still waited is not run.
update dfa.task_step as step
set state = 'CANCELLED', finished_at = clock_timestamp(),
    message = format('Error: Cancelled ''%s'': %s', step.node, $3::text)
from dfa.task_process as task
where task.process_id = step.process_id and task.status = 2 and task.process_type like 'foreground|%'
  and case $2::text when 'true' then task.application_name = $1::text else task.backend_pid = pg_backend_pid() end
  and step.state in ('WAITING', 'PROCESSING')
  -- A front service that is at one ends it.
  and step.id not in (select step_id from dfa.front_session)
