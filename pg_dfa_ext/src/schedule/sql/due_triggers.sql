-- The pipelines that a trigger may make due at $1, locked: an id of theirs succeeded since their last run began, or they
-- failed, at most $2 times, and are to be tried again; and they are not paused. With the moment that an id must be newer than, and their last task.
-- Where update_date is not what the last run left, somebody set it, and that is what an id must be newer than.
with pipeline as (
    select pipeline_id, update_date, started_at,
           case when update_date is distinct from ended_at then update_date else started_at end as newer_than,
           tracking = 'FAILED' and failures <= $2 and coalesce(retry_at, '-infinity') <= $1::timestamptz as may_retry
    from dfa.task_schedule
    where kind = 'pipeline' and dfa.is_active(active_flg) and tracking <> 'PROCESSING'
      and not exists (select from dfa.paused as held
                      where held.kind = 'pipeline' and held.name = pipeline_name and coalesce(held.until, 'infinity') > $1::timestamptz)
),
candidate as (
    select named.pipeline_id
    from dfa.schedule_trigger as named
         join dfa.task_schedule as id on id.pipeline_id = named.trigger_id
         join pipeline on pipeline.pipeline_id = named.pipeline_id
    where id.tracking = 'SUCCESS' and id.update_date > pipeline.newer_than
    union
    select pipeline_id from pipeline where may_retry
)
select pipeline_id, locked.pipeline_name, pipeline.may_retry, pipeline.newer_than::text, locked.process_id
from candidate
     join pipeline using (pipeline_id)
     join dfa.task_schedule as locked using (pipeline_id)
where locked.tracking <> 'PROCESSING'
  -- As it was looked at: no other tick ran it meanwhile.
  and (locked.update_date, locked.started_at) is not distinct from (pipeline.update_date, pipeline.started_at)
order by pipeline_id
for no key update of locked skip locked
