-- Step $1 has ended: what waited for it, and waits for nothing else, is ready. A row that somebody has locked, such as a
-- cancel, is left to release_steps. Steps are found by their orders, one look-up in the key each, whatever the statistics.
with next as (
    select next.id
    from dfa.task_step as ended
         cross join unnest(ended.awaited_by) as awaiting (step_order)
         join dfa.task_step as next
         on next.process_id = ended.process_id and next.step_order = awaiting.step_order
    where ended.id = $1 and ended.state not in ('WAITING', 'PROCESSING') and not next.is_ready
      and not (select coalesce(bool_or(earlier.state in ('WAITING', 'PROCESSING')), false)
               from unnest(next.waits_for) as awaited (step_order)
                    join dfa.task_step as earlier
                    on earlier.process_id = next.process_id and earlier.step_order = awaited.step_order)
    for no key update of next skip locked
)
update dfa.task_step set is_ready = true where id in (select id from next)
