-- The pipelines that a trigger may make due at $1, locked: an id of theirs succeeded since their last run began, or they
-- failed, at most $2 times, and are to be tried again. With the ids that count: those that are newer, and all that succeeded.
with candidate as (
    select named.pipeline_id
    from dfa.schedule_trigger as named
         join dfa.task_schedule as id on id.pipeline_id = named.trigger_id
         join dfa.task_schedule as pipeline on pipeline.pipeline_id = named.pipeline_id
    where id.tracking = 'SUCCESS' and id.update_date > pipeline.started_at
    union
    select pipeline_id from dfa.task_schedule
    where tracking = 'FAILED' and failures <= $2 and retry_at <= $1::timestamptz
)
select pipeline.pipeline_id, pipeline.pipeline_name,
       pipeline.tracking = 'FAILED' and pipeline.failures <= $2 and pipeline.retry_at <= $1::timestamptz,
       ids.newer, ids.succeeded
from candidate
     join dfa.task_schedule as pipeline using (pipeline_id)
     cross join lateral (
         select array_agg(id.pipeline_id) filter
                    (where id.update_date > pipeline.started_at) as newer,
                array_agg(id.pipeline_id) as succeeded
         from dfa.schedule_trigger as named
              join dfa.task_schedule as id on id.pipeline_id = named.trigger_id
         where named.pipeline_id = pipeline.pipeline_id and id.tracking = 'SUCCESS'
     ) as ids
where pipeline.pipeline_type = 'pipeline' and pipeline.active_flg = 'Y' and pipeline.tracking <> 'PROCESSING'
  and ids.succeeded is not null
order by pipeline.pipeline_id
for no key update of pipeline skip locked
