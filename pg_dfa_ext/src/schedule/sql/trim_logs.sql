-- Deletes tasks that ended, their steps, and log rows that are older at $1 than $2 (an interval), some of them at a time.
with task as (
    delete from dfa.task_process
    where process_id in (select process_id from dfa.task_process
                         where status <> 2 and created_at < $1::timestamptz - $2::interval
                         order by created_at limit 1000)
),
slot as (
    delete from dfa.schedule_slot
    where (pipeline_id, slot) in (select pipeline_id, slot from dfa.schedule_slot
                                  where slot < $1::timestamptz - $2::interval limit 1000)
)
delete from dfa.data_logging
where id in (select id from dfa.data_logging
             where update_date < $1::timestamptz - $2::interval
             order by update_date limit 1000)
