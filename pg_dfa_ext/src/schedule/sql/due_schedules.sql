-- The pipelines that have a slot up to $1, or one kept from before and no run under way, and are not paused then; locked, so
-- that one tick has each.
select pipeline_id, pipeline_name, tracking = 'PROCESSING' as is_running, next_slot, kept_slot
from dfa.task_schedule
where kind = 'pipeline' and dfa.is_active(active_flg)
  and (next_slot <= $1::timestamptz or kept_slot is not null and tracking <> 'PROCESSING')
  and not exists (select from dfa.paused as held
                  where held.kind = 'pipeline' and held.name = pipeline_name and coalesce(held.until, 'infinity') > $1::timestamptz)
order by pipeline_id
for no key update skip locked
