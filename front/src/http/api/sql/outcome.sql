-- What became of task $1; `conflict` is the first node that was busy or had used up its quota, `is_passing` whether each node
-- that failed failed for want of a moment: a lock, a deadlock, a lost connection, a full server.
select coalesce(task.process_message, '') as message, task.status::int as status, task.process_time::float8 as seconds,
       (select regexp_replace(step.message, '^(Error|Warning): ', '')
        from dfa.task_step as step
        where step.process_id = task.process_id
          and (step.state = 'SKIPPED' or step.error ->> 'sqlstate' = '55P03')
        order by step.step_order
        limit 1) as conflict,
       coalesce((select bool_and(coalesce(step.error ->> 'sqlstate', '') ~ '^(08|40|53|57P|55P03|55006)')
                 from dfa.task_step as step
                 where step.process_id = task.process_id and step.state = 'FAILED'), false) as is_passing
from dfa.task_process as task
where task.process_id = $1
