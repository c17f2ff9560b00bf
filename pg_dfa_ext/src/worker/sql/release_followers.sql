-- Step $1 has ended: what waited for it, and waits for nothing else, is ready. A row that somebody has locked, such as a
-- cancel, is left to release_steps.
with next as (
    select next.id
    from dfa.task_step as ended
         join dfa.task_step as next on next.id = any(ended.awaited_by)
    where ended.id = $1 and ended.state not in ('WAITING', 'PROCESSING') and not next.is_ready
      and not exists (
          select from dfa.task_step as earlier
          where earlier.id = any(next.waits_for) and earlier.state in ('WAITING', 'PROCESSING')
      )
    for no key update of next skip locked
)
update dfa.task_step set is_ready = true where id in (select id from next)
