-- Task $1 goes on in the background with the steps that did not succeed. Gives their number.
with task as (
    update dfa.task_process
    set status = 2, cancelled_at = null, finished_at = null, update_date = clock_timestamp(),
        process_type = 'background|' || split_part(process_type, '|', 2), process_message = 'Resumed'
    where process_id = $1
    returning process_id
),
step as (
    update dfa.task_step as step
    set state = 'WAITING', retry_at = null, crashes = 0
    from task
    where step.process_id = task.process_id and step.state not in ('SUCCESS', 'SKIPPED')
    returning step.id
)
select count(*) from step
