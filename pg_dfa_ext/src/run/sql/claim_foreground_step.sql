-- The next step of foreground task $1 is under way in this session, which holds the task's lock in this transaction.
update dfa.task_step
set state = 'PROCESSING', worker = pg_backend_pid(), started_at = clock_timestamp()
where id = (select id from dfa.task_step
            where process_id = $1 and state = 'WAITING' and not by_front
              and exists (select from dfa.task_process where process_id = $1 and status = 2 and cancelled_at is null)
            order by step_order limit 1)
returning id
