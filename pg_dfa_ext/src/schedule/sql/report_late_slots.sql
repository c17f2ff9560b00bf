-- The slots whose deadline is over at $1: late if their run has not ended by then, whether it began or not; told once.
with over as (
    update dfa.schedule_slot as due
    set late_at = case when on_time.ended then null else $1::timestamptz end,
        deadline_at = case when on_time.ended then null else due.deadline_at end
    from dfa.schedule_slot as slot
         cross join lateral (
             select exists (select from dfa.task_process as task
                            where task.process_id = slot.process_id and task.finished_at <= slot.deadline_at) as ended
         ) as on_time
    where slot.deadline_at <= $1::timestamptz and slot.late_at is null
      and due.pipeline_id = slot.pipeline_id and due.slot = slot.slot and due.late_at is null
    returning due.pipeline_id, due.slot, due.process_id, due.deadline_at, due.late_at
)
select pg_notify('dfa_event', json_build_object(
           'event', 'late', 'pipeline_id', pipeline_id, 'slot', slot, 'deadline', deadline_at,
           'process_id', process_id)::text)
from over
where late_at is not null
