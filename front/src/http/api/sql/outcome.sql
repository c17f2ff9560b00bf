-- What became of task $1: message, status, seconds; the first node that was busy or had used up its quota; and whether each
-- node that failed failed for want of a moment: a lock, a deadlock, a lost connection, a full server.
select coalesce(task.process_message, ''), task.status::int, task.process_time::float8,
       (select regexp_replace(step.message, '^(Error|Warning): ', '')
        from dfa.task_step as step
        where step.process_id = task.process_id
          and (step.state = 'SKIPPED' or step.error ->> 'sqlstate' = '55P03')
        order by step.step_order
        limit 1),
       coalesce((select bool_and(coalesce(step.error ->> 'sqlstate', '') ~ '^(08|40|53|57P|55P03|55006)')
                 from dfa.task_step as step
                 where step.process_id = task.process_id and step.state = 'FAILED'), false)
from dfa.task_process as task
where task.process_id = $1
