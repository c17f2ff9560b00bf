-- What became of task $1: message, status, seconds; and the first node that was busy or had used up its quota.
select coalesce(task.process_message, ''), task.status::int, task.process_time::float8,
       (select regexp_replace(step.message, '^(Error|Warning): ', '')
        from dfa.task_step as step
        where step.process_id = task.process_id
          and (step.state = 'SKIPPED' or step.error ->> 'sqlstate' = '55P03')
        order by step.step_order
        limit 1)
from dfa.task_process as task
where task.process_id = $1
