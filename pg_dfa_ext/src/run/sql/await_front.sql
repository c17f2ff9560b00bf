-- Whether step $2 of foreground task $1 waits for a front service, or is with one. A session that waits for long says so,
-- lest it be taken for one that has gone.
with alive as (
    update dfa.task_process set update_date = clock_timestamp()
    where process_id = $1 and status = 2 and update_date < clock_timestamp() - interval '2 seconds'
)
select by_front and state in ('WAITING', 'PROCESSING') from dfa.task_step where id = $2
