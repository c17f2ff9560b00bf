-- How fresh the tables $1 are: $2 says within which time of each (null: its catalog says nothing), $3 that rows land in it. $4 and
-- $5 are the tables that pipelines run, and these pipelines. Indexes task_step_published, data_logging_table.
with recursive given as (
    select table_name, within, lands from unnest($1, $2, $3) as given (table_name, within, lands)
),
-- A pipeline with the ids that begin it, by triggers over triggers: the slots of all of them say when it is due.
follows as (
    select pipeline_name, pipeline_id from dfa.task_schedule where kind = 'pipeline' and pipeline_name = any($5)
    union
    select follows.pipeline_name, named.trigger_id from follows join dfa.schedule_trigger as named using (pipeline_id)
),
-- Index task_step_failed has them: they are few.
failing as (select node, max(finished_at) as at from dfa.task_step where state in ('FAILED', 'BLOCKED') group by node),
-- A run that found its quota used up had nothing to do. The longest time between landings says when another one is missed.
published as materialized (
    select given.table_name, given.within::interval as within, watermark.data_date,
           case when given.lands then greatest(landed.at, case when watermark.landed then watermark.update_date end)
                else ran.at end as at,
           case when landed.gaps >= 3 then landed.longest end as rhythm,
           -- What was to bring it up to date did not: a run since the last success, or a file.
           case when given.lands
                then exists (select from dfa.catalog as stored
                                  left join dfa.file_source as source on source.table_name = stored.name
                             where stored.current and stored.kind = 'table' and stored.name = given.table_name and stored.document ->> 'source' is not null
                               and (source.fault is not null
                                    or exists (select from dfa.file where file.table_name = stored.name and file.state in ('refused', 'changed'))))
                else failed.at > coalesce(ran.at, '-infinity') end as failed
    from given
         left join dfa.data_pipeline as watermark using (table_name)
         left join lateral (
             select max(finished_at) as at from dfa.task_step
             where not given.lands and node = given.table_name and state in ('SUCCESS', 'SKIPPED')
         ) as ran on true
         left join failing as failed on failed.node = given.table_name
         left join lateral (
             select max(at) as at, max(gap) as longest, count(gap) as gaps
             from (select update_date as at, update_date - lag(update_date) over (order by update_date) as gap
                   from (select update_date from dfa.data_logging
                         where given.lands and table_name = given.table_name and status = 0 and action_type = 'ingestion'
                         order by run_date desc, id desc limit 31) as entry) as landing
         ) as landed on true
),
scheduled as (
    select distinct node.table_name, tracked.pipeline_id, tracked.next_slot, published.at
    from unnest($4, $5) as node (table_name, pipeline_name)
         join follows using (pipeline_name)
         join published using (table_name)
         join dfa.task_schedule as tracked on tracked.pipeline_id = follows.pipeline_id and tracked.kind = 'pipeline'
),
-- The first slot since then, and until when its run has time: its deadline, else the slot after it.
missed as (
    select distinct on (table_name) table_name, came.slot, came.expected_by
    from scheduled
         cross join lateral (
             select slot, coalesce(deadline_at,
                        (select min(later.slot) from dfa.schedule_slot as later
                         where later.pipeline_id = scheduled.pipeline_id and later.slot > first.slot),
                        next_slot) as expected_by
             from (select slot, deadline_at from dfa.schedule_slot as first
                   where first.pipeline_id = scheduled.pipeline_id and first.slot > coalesce(scheduled.at, '-infinity')
                   order by slot limit 1) as first
             union all
             select next_slot, null where next_slot <= clock_timestamp()
         ) as came
    order by table_name, came.expected_by nulls last
),
upcoming as (select table_name, min(next_slot) as slot from scheduled group by table_name),
expected as (
    select published.*, missed.slot as missed,
           coalesce(coalesce(published.at, stored.set_up_at) + within, missed.expected_by, case when missed.slot is null then upcoming.slot end,
                    published.at + rhythm) as expected_by
    from published
         left join missed using (table_name)
         left join upcoming using (table_name)
         left join dfa.catalog as stored on stored.kind = 'table' and stored.name = table_name and stored.current
)
select table_name, data_date, at as published_at, expected_by,
       case when expected_by < clock_timestamp() then 'late'
            when missed is not null or failed then 'due'
            when expected_by is null then 'unknown'
            else 'fresh' end as state
from expected
order by table_name
