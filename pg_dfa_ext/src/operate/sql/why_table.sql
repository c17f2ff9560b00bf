-- Why table $1 is not running, or that it is: the first cause that holds of those that are the table's own; no row where there
-- is none. $2: no process writes it.
with last as (
    select state, message, process_id, run_date, finished_at
    from dfa.task_step
    where node = $1 and state not in ('WAITING', 'PROCESSING')
    order by finished_at desc nulls last, id desc
    limit 1
),
cause as (
    select 1 as rank,
           case when step.state = 'PROCESSING' then 'running' when earlier.node is not null then 'queued' else open.cause end as cause,
           case when step.state = 'PROCESSING' then format('it runs now for %s (task %s, at %s %%)', step.run_date, open.process_id, open.percent)
                when earlier.node is not null then format('it waits for table %s in task %s, which %s', earlier.node, open.process_id, open.sentence)
                else format('its task %s %s', open.process_id, open.sentence) end as sentence,
           coalesce(earlier.node, open.waits_for) as waits_for, open.process_id, $1 as node, step.run_date,
           coalesce(step.started_at, open.since) as since, open.until, open.percent
    from dfa.open_task as open
         join dfa.task_step as step using (process_id)
         left join lateral (select node from dfa.task_step as earlier
                            where earlier.id = any(step.waits_for) and earlier.state in ('WAITING', 'PROCESSING') and step.state = 'WAITING'
                            order by earlier.step_order limit 1) as earlier on true
    where step.node = $1
      and (step.state = 'WAITING' or step.state = 'PROCESSING' and step.run_date = open.run_date and open.node = $1)
    union all
    select 2, 'inactive', format('it is switched off: active_flg of its watermark is %s', active_flg), null, null, $1, null, null, null, null
    from dfa.data_pipeline
    where table_name = $1 and not dfa.is_active(active_flg)
    union all
    select 3, lower(state::text), format(case state when 'FAILED' then 'its node failed: %s (task %s)' else 'its node was blocked: %s (task %s)' end, message, process_id),
           null, process_id, $1, run_date, finished_at, null, null
    from last
    where state in ('FAILED', 'BLOCKED')
    union all
    select 4, 'quota', format('its quota of %s is used up: run_count_now is %s, run_count_max %s', run_date, run_count_now, run_count_max),
           null, null, $1, run_date, update_date, null, null
    from dfa.data_pipeline
    where table_name = $1 and run_date = dfa.today() and run_count_max > 0 and run_count_now >= run_count_max
    union all
    select 3, 'file', case when source.fault is not null then format('its files cannot be looked at: %s', source.fault)
                           else format('file %s is %s: %s', file.path, file.state, file.message) end,
           null, file.process_id, $1, null, coalesce(file.noted_at, source.looked_at), null, null
    from dfa.file_source as source
         join dfa.catalog as stored on stored.current and stored.kind = 'table' and stored.name = source.table_name and stored.document ->> 'source' is not null
         left join lateral (select path, state, message, process_id, noted_at from dfa.file
                            where file.table_name = $1 and file.state in ('refused', 'changed') order by path limit 1) as file on true
    where source.table_name = $1 and (source.fault is not null or file.path is not null)
    union all
    select 5, 'source', case when at is null then 'nothing has landed in it yet'
                             else format('nothing has landed in it since %s', to_char(at, 'YYYY-MM-DD HH24:MI')) end,
           null, null, $1, null, at, null, null
    from dfa.data_pipeline
         cross join lateral (
             select greatest(case when landed then data_pipeline.update_date end,
                             (select max(update_date)
                              from (select update_date from dfa.data_logging
                                    where table_name = $1 and status = 0 and action_type = 'ingestion'
                                    order by run_date desc, id desc limit 31) as entry)) as at
         ) as landing
    where table_name = $1 and $2
)
select cause, sentence, waits_for, process_id, node, run_date, since, until, percent
from cause
order by rank, cause <> 'running', since
limit 1
