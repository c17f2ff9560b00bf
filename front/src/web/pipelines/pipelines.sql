-- Pipelines whose name or id has part $1, in state $2, by $3: with what starts them, their last run and the thirty last.
-- Index task_process_name gives the runs of each.
select *
from (
    select tracked.pipeline_name as name, tracked.pipeline_id as id, catalog.document ->> 'description' as description,
           catalog.document ->> 'owner' as owner,
           dfa.is_active(tracked.active_flg) as active, held.sentence as paused, tracked.next_slot,
           starts.schedule,
           starts.trigger,
           case when recent.state is null then 'NEVER' else recent.state end as state,
           recent.last, recent.runs as recent, recent.created_at, recent.seconds,
           coalesce(nodes.list, '[]') as nodes
    from dfa.task_schedule as tracked
         join dfa.catalog as catalog on catalog.current and catalog.kind = 'pipeline' and catalog.name = tracked.pipeline_name
         cross join lateral (
             select max(text) filter (where key in ('schedule', 'scheduler')) as schedule,
                    max(text) filter (where key in ('trigger', 'triggers')) as trigger
             from (select key, case json_typeof(value)
                                   when 'array' then (select string_agg(part, ', ') from json_array_elements_text(value) as part)
                                   else value #>> '{}' end as text
                   from json_each(catalog.document)
                   where key in ('schedule', 'scheduler', 'trigger', 'triggers')) as said
         ) as starts
         left join dfa.paused_now as held on held.kind = 'pipeline' and held.name = tracked.pipeline_name
         left join (select pipeline, json_agg(node order by place) as list from dfa.pipeline_nodes() group by pipeline) as nodes
                   on nodes.pipeline = tracked.pipeline_name
         cross join lateral (
             select (array_agg(run.state order by run.number))[1] as state,
                    (array_agg(run.created_at order by run.number))[1] as created_at,
                    (array_agg(run.seconds order by run.number))[1] as seconds,
                    coalesce(json_agg(json_build_object('state', run.state, 'seconds', run.seconds)
                                      order by run.number desc), '[]') as runs,
                    (array_agg(json_build_object(
                         'process_id', run.process_id, 'created_at', run.created_at, 'seconds', run.seconds,
                         'rows', (select sum(rows)::bigint from dfa.task_step where process_id = run.process_id)
                     )) filter (where run.number = 1))[1] as last
             from (
                 select task.process_id, task.created_at, row_number() over (order by task.created_at desc, task.process_id desc) as number,
                        case when task.status = 2 then extract(epoch from clock_timestamp() - task.created_at) else task.process_time end as seconds,
                        case when task.status = 0 then 'SUCCESS' when task.status = 1 and task.cancelled_at is not null then 'CANCELLED'
                             when task.status = 1 then 'FAILED' else 'PROCESSING' end as state
                 from dfa.task_process as task
                 where task.process_name_put = tracked.pipeline_name
                 order by task.created_at desc, task.process_id desc
                 limit 30
             ) as run
         ) as recent
    where tracked.kind = 'pipeline'
      and ($1::text is null or strpos(tracked.pipeline_name, $1) > 0 or strpos(tracked.pipeline_id, $1) > 0)
) as pipeline
where $2::text is null or state = $2 or $2 = 'PAUSED' and paused is not null
order by case when $3::text = 'last' then created_at end nulls last, case when $3::text = '-last' then created_at end desc nulls last,
         case when $3::text = 'next' then next_slot end nulls last, case when $3::text = '-next' then next_slot end desc nulls last,
         case when $3::text = 'seconds' then seconds end nulls last, case when $3::text = '-seconds' then seconds end desc nulls last,
         case when $3::text = '-name' then name end desc, name
limit 500
