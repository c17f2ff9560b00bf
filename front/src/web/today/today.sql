-- What happened since yesterday, what is late or stale, what runs and what comes next: one row of lists. Indexes
-- task_process_recent and _open, data_logging_recent, data_interval_stale, schedule_slot_slot, task_schedule_next serve it.
with since as materialized (
    select (dfa.today() - 1)::timestamp at time zone dfa.time_zone() as at
),
-- The last task of each name and module since then. When it began is found first: a sort of all tasks of a day takes longer than
-- everything else.
newest as materialized (
    select task.process_name_put as name, task.process_module as module, max(task.created_at) as at
    from since join dfa.task_process as task on task.created_at >= since.at
    group by task.process_name_put, task.process_module
),
last as materialized (
    select distinct on (newest.name, newest.module) task.process_id, newest.name,
           task.process_type like '%|pipeline' and newest.module = 'framework|data' as is_pipeline, task.status, task.cancelled_at, task.finished_at,
           task.process_message
    from newest
         join dfa.task_process as task on task.process_name_put = newest.name and task.created_at = newest.at and task.process_module = newest.module
    order by newest.name, newest.module, task.process_id desc
),
failed as (
    select last.process_id, last.name, last.is_pipeline, last.finished_at, step.node, step.run_date,
           step.error ->> 'sqlstate' as sqlstate, step.error ->> 'hint' as hint,
           split_part(coalesce(step.error ->> 'message', step.message, last.process_message, ''), E'\n', 1) as message,
           (select text || ', ' || person from dfa.note_now as note
            where note.kind = 'task' and note.name = last.process_id order by note.created_at desc limit 1) as note,
           (select count(*) from dfa.task_step as other
            where other.process_id = last.process_id and other.state = 'BLOCKED') as blocked
    from last
         left join lateral (select node, run_date, message, error from dfa.task_step
                            where process_id = last.process_id and state = 'FAILED'
                            order by run_date, step_order limit 1) as step on true
    where last.status = 1 and last.cancelled_at is null
    order by last.finished_at desc nulls last
    limit 50
),
late as (
    select tracked.pipeline_name as name, slot.deadline_at
    from since
         join dfa.schedule_slot as slot on slot.slot >= since.at - interval '1 day' and slot.late_at >= since.at
         join dfa.task_schedule as tracked using (pipeline_id)
         left join dfa.task_process as task on task.process_id = slot.process_id
    where task.status is distinct from 0
    order by slot.deadline_at
    limit 20
),
stale as (
    select table_name as name, count(*) as intervals, min(interval_start) as first, max(interval_start) as last,
           (array_agg(reason order by updated_at desc))[1] as reason
    from dfa.data_interval
    where state = 'stale'
    group by table_name
    order by max(updated_at) desc
    limit 20
),
running as (
    select process_id, name, is_pipeline, percent, node, run_date, sentence, created_at,
           case cause when 'running' then 'PROCESSING' when 'lost' then 'LOST' when 'paused' then 'PAUSED'
                      else 'WAITING' end as state
    from dfa.open_task
    order by created_at
    limit 50
),
next as (
    select tracked.pipeline_name as name, tracked.next_slot, held.name is not null as paused,
           (select percentile_cont(0.5) within group (order by recent.process_time)
            from (select process_time from dfa.task_process
                  where process_name_put = tracked.pipeline_name and status = 0
                  order by created_at desc, process_id desc limit 10) as recent) as seconds
    from (select pipeline_name, next_slot from dfa.task_schedule
          where kind = 'pipeline' and next_slot is not null and dfa.is_active(active_flg)
          order by next_slot limit 8) as tracked
         left join dfa.paused_now as held on held.kind = 'pipeline' and held.name = tracked.pipeline_name
)
select dfa.today() as today, since.at as since,
       (select count(*) from last where is_pipeline and status <> 2) as ran,
       (select count(*) from last where is_pipeline and status = 0) as succeeded,
       (select count(*) from dfa.task_schedule where kind = 'pipeline' and dfa.is_active(active_flg)) as pipelines,
       (select coalesce(sum(row_record), 0)::bigint from dfa.data_logging
        where update_date >= since.at and status = 0) as rows,
       (select coalesce(sum(row_record), 0)::bigint from dfa.data_logging
        where update_date >= since.at - interval '7 days' and update_date < clock_timestamp() - interval '7 days'
          and status = 0) as rows_before,
       (select coalesce(json_agg(failed), '[]') from failed) as failed,
       (select coalesce(json_agg(json_build_object('name', late.name, 'deadline_at', late.deadline_at,
                                                   'sentence', why.sentence)), '[]')
        from late left join lateral dfa.why(late.name) as why on true) as late,
       (select coalesce(json_agg(stale), '[]') from stale) as stale,
       (select coalesce(json_agg(held), '[]') from (select kind, name, sentence from dfa.paused_now
                                                    order by kind, name limit 50) as held) as paused,
       (select coalesce(json_agg(running), '[]') from running) as running,
       (select coalesce(json_agg(next), '[]') from next) as next
from since
