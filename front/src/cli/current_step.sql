-- The step that the foreground task of session $1 works on.
select step.run_date || ' ' || step.node || ' (' || step.step_order || ' of ' || task.process_number_put || ')' as step
from dfa.task_process as task
     join dfa.task_step as step using (process_id)
where task.backend_pid = $1 and task.status = 2 and step.state in ('WAITING', 'PROCESSING')
order by task.created_at desc, step.step_order
limit 1
