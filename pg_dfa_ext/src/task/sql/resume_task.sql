-- Task $1 goes on in the background with the steps that did not succeed. Returns their number. The steps of a session ran in
-- their order, and go on in it.
with task as (
    update dfa.task_process as known
    set status = 2, cancelled_at = null, finished_at = null, update_date = clock_timestamp(),
        process_type = 'background|' || split_part(known.process_type, '|', 2), process_message = 'Resumed'
    from dfa.task_process as before
    where known.process_id = $1 and before.process_id = known.process_id
    returning known.process_id, before.process_type like 'foreground|%' as in_order
),
neighbour as (
    select step.id, lag(step.id) over in_order as earlier, lead(step.id) over in_order as later
    from dfa.task_step as step join task using (process_id)
    where task.in_order
    window in_order as (order by step_order)
),
step as (
    update dfa.task_step as step
    set state = 'WAITING', retry_at = null, crashes = 0, is_ready = false,
        waits_for = case when in_order then array_remove(array[neighbour.earlier], null) else waits_for end,
        awaited_by = case when in_order then array_remove(array[neighbour.later], null) else awaited_by end
    from task left join neighbour on true
    where step.process_id = task.process_id and step.state not in ('SUCCESS', 'SKIPPED')
      and (neighbour.id = step.id or not task.in_order)
    returning step.id
)
select count(*) from step
