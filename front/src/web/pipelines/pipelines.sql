-- Pipelines: what starts them, whether they are held, their last run. Index task_process_name gives that.
select *
from (
    select tracked.pipeline_name as name, tracked.pipeline_id as id, catalog.document ->> 'description' as description,
           catalog.document ->> 'owner' as owner,
           dfa.is_active(tracked.active_flg) as active, held.sentence as paused, tracked.next_slot,
           coalesce(run.state, 'NEVER') as state, run.created_at as last, run.seconds, run.process_id, catalog.document
    from dfa.task_schedule as tracked
         join dfa.catalog as catalog on catalog.current and catalog.kind = 'pipeline' and catalog.name = tracked.pipeline_name
         left join dfa.paused_now as held on held.kind = 'pipeline' and held.name = tracked.pipeline_name
         left join lateral (
             select task.process_id, task.created_at,
                    case when task.status = 2 then extract(epoch from now() - task.created_at)::double precision
                         else task.process_time::double precision end as seconds,
                    case when task.status = 0 then 'SUCCESS' when task.status = 1 and task.cancelled_at is not null then 'CANCELLED'
                         when task.status = 1 then 'FAILED' else 'PROCESSING' end as state
             from dfa.task_process as task
             where task.process_name_put = tracked.pipeline_name
             order by task.created_at desc, task.process_id desc
             limit 1
         ) as run on true
    where tracked.kind = 'pipeline'
) as pipeline
where true{where}
