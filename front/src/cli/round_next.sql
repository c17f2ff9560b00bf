-- The pipelines that the clock starts next.
select pipeline_name as pipeline, pg_catalog.to_char(next_slot, 'YYYY-MM-DD HH24:MI') as next_slot
from dfa.task_schedule
where kind = 'pipeline' and dfa.is_active(active_flg) and next_slot is not null
order by task_schedule.next_slot, pipeline_name
limit 5
