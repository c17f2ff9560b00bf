-- Task $1 goes on in the background with the steps that did not succeed. Gives their number. The steps of a session ran in
-- their order, and go on in it.
with task as (
    update dfa.task_process as known
    set status = 2, cancelled_at = null, finished_at = null, update_date = clock_timestamp(),
        process_type = 'background|' || split_part(known.process_type, '|', 2), process_message = 'Resumed'
    from dfa.task_process as before
    where known.process_id = $1 and before.process_id = known.process_id
    returning known.process_id, before.process_type like 'foreground|%' as in_order
),
step as (
    update dfa.task_step as step
    set state = 'WAITING', retry_at = null, crashes = 0, is_ready = false,
        waits_for = case when in_order then array[step_order - 1] else waits_for end,
        awaited_by = case when in_order then array[step_order + 1] else awaited_by end
    from task
    where step.process_id = task.process_id and step.state not in ('SUCCESS', 'SKIPPED')
    returning step.id
)
select count(*) from step
