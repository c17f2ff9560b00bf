-- All steps of this session's role that wait for nothing any more are ready: those whose worker died after it had run what
-- they waited for, and those of tasks that go on. Returns their number.
with next as (
    select next.id
    from dfa.task_process as task
         join dfa.task_step as next using (process_id)
    where task.status = 2 and task.process_type like 'background|%' and task.process_by = session_user
      and task.cancelled_at is null and next.state = 'WAITING' and not next.is_ready
      and not exists (
          select from dfa.task_step as earlier
          where earlier.id = any(next.waits_for) and earlier.state in ('WAITING', 'PROCESSING')
      )
    for no key update of next skip locked
),
released as (
    update dfa.task_step set is_ready = true where id in (select id from next) returning id
)
select count(*) from released
