-- Why each of the pipelines $1 is not running, or that it is: the first cause that holds, of those below in the order of
-- their ranks. $2: the pipelines whose trigger is true already. $3: dfa.trigger_retries.
with pipeline as (
    select pipeline_id, pipeline_name, tracking, active_flg, process_id, next_slot, kept_slot, failures, retry_at, ended_at,
           case when update_date is distinct from ended_at then update_date else started_at end as newer_than
    from dfa.task_schedule
    where kind = 'pipeline' and pipeline_name = any($1)
),
-- What its trigger names and has not succeeded since its last run began.
missing as (
    select named.pipeline_id, id.kind, id.pipeline_name as waits_for, id.update_date,
           case when task.status = 1 then id.process_id end as process_id,
           case when id.kind = 'source' then format('external source %s, which has not reported %s', id.pipeline_id, last.told)
                when open.process_id is not null then format('%s, whose task %s %s', id.pipeline_name, open.process_id, open.sentence)
                when task.status = 1 then format('%s, which failed %s (task %s)', id.pipeline_name, to_char(task.finished_at, 'YYYY-MM-DD HH24:MI'), id.process_id)
                else format('%s, which has not succeeded %s', id.pipeline_name, last.told) end as sentence
    from pipeline
         join dfa.schedule_trigger as named using (pipeline_id)
         join dfa.task_schedule as id on id.pipeline_id = named.trigger_id
         left join dfa.task_process as task on task.process_id = id.process_id and task.status = 1
         left join dfa.open_task as open on open.process_id = id.process_id
         cross join lateral (select case when id.update_date <= 'epoch' then 'yet'
                                         else 'since ' || to_char(id.update_date, 'YYYY-MM-DD HH24:MI') end as told) as last
    where not (id.tracking = 'SUCCESS' and id.update_date > pipeline.newer_than)
),
cause as (
    select pipeline_name, 1 as rank, open.cause,
           case when kept_slot is null then open.sentence
                else format('its slot of %s is queued behind task %s, which %s', to_char(kept_slot, 'YYYY-MM-DD HH24:MI'), open.process_id, open.sentence)
           end as sentence,
           open.waits_for, open.process_id, open.node, open.run_date, open.since, open.until, open.percent
    from pipeline
         join lateral (select * from dfa.open_task as open where open.is_pipeline and open.name = pipeline_name
                       order by open.cause <> 'running', open.created_at limit 1) as open on true
    union all
    select pipeline_name, 2, 'paused', case held.kind when 'all' then 'everything is ' else 'it is ' end || held.sentence,
           null, null, null, null, held.since, held.until, null
    from pipeline
         join dfa.paused_now as held on held.kind = 'all' or held.kind = 'pipeline' and held.name = pipeline_name
    union all
    select pipeline_name, 3, 'inactive', format('it is switched off: active_flg is %s', active_flg), null, null, null, null, null, null, null
    from pipeline
    where not dfa.is_active(active_flg)
    union all
    select pipeline_name, 4, case when task.cancelled_at is null then 'failed' else 'cancelled' end,
           case when task.cancelled_at is not null then format('its last task %s was cancelled', task.process_id)
                else format('its node %s failed: %s (task %s)', failed.node, failed.message, task.process_id) end
           || case when pipeline.retry_at is not null and failures <= $3
                        and exists (select from dfa.schedule_trigger as named where named.pipeline_id = pipeline.pipeline_id)
                   then format('; it is tried again after %s', to_char(pipeline.retry_at, 'YYYY-MM-DD HH24:MI'))
                   when next_slot is not null then format('; its next slot is %s', to_char(next_slot, 'YYYY-MM-DD HH24:MI')) else '' end,
           null, task.process_id, failed.node, failed.run_date, task.finished_at, null, null
    from pipeline
         join dfa.task_process as task on task.process_id = pipeline.process_id and task.status = 1
         left join lateral (select node, run_date, message from dfa.task_step
                            where process_id = task.process_id and state = 'FAILED' order by step_order limit 1) as failed on true
    where pipeline.tracking = 'FAILED'
    union all
    select pipeline_name, 5, 'due', format('its slot of %s is due, and nobody has called dfa.tick since', to_char(next_slot, 'YYYY-MM-DD HH24:MI')),
           null, null, null, null, next_slot, null, null
    from pipeline
    where next_slot <= clock_timestamp()
    union all
    select pipeline_name, 6, 'due', 'its trigger is true: the next dfa.tick starts it', null, null, null, null, null, null, null
    from pipeline
    where pipeline_name = any($2)
    union all
    select pipeline_name, 7, case when bool_and(missing.kind = 'source') then 'source' else 'trigger' end,
           'it waits for ' || string_agg(missing.sentence, ' and ' order by missing.waits_for)
           || coalesce('; its next slot is ' || to_char(min(next_slot), 'YYYY-MM-DD HH24:MI'), ''),
           string_agg(missing.waits_for, ', ' order by missing.waits_for), min(missing.process_id), null, null,
           max(missing.update_date) filter (where missing.update_date > 'epoch'), null, null
    from pipeline join missing using (pipeline_id)
    group by pipeline_name
    union all
    select pipeline_name, 8, 'scheduled', format('its next slot is %s', to_char(next_slot, 'YYYY-MM-DD HH24:MI')),
           null, process_id, null, null, case when ended_at > 'epoch' then ended_at end, next_slot, null
    from pipeline
    where next_slot is not null
    union all
    select pipeline_name, 9, 'unscheduled', 'nothing schedules it: it has neither a schedule nor a trigger',
           null, process_id, null, null, case when ended_at > 'epoch' then ended_at end, null, null
    from pipeline
)
select distinct on (rank, pipeline_name) pipeline_name, rank, cause, sentence, waits_for, process_id, node, run_date, since, until, percent,
       (select min(slot.deadline_at)
        from dfa.schedule_slot as slot join pipeline using (pipeline_id)
             left join dfa.task_process as task on task.process_id = slot.process_id
        where pipeline.pipeline_name = cause.pipeline_name and slot.late_at is not null and task.status is distinct from 0
          and slot.slot = (select max(slot) from dfa.schedule_slot as last where last.pipeline_id = slot.pipeline_id)) as late_since
from cause
where rank = (select min(rank) from cause as other where other.pipeline_name = cause.pipeline_name)
order by rank, pipeline_name
limit 1
