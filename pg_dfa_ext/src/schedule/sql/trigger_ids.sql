-- The ids $1 of a trigger that have succeeded, the latest first, whether after $2, and the run date and task of that success
-- (null: somebody set it by hand). One that is under way has not, nor has one that another tick is about to start: its row is locked.
select pipeline_id, coalesce(update_date > $2::timestamptz, false) as is_newer,
       case when update_date is not distinct from ended_at then run_date::text end as run_date,
       case when update_date is not distinct from ended_at then process_id end as process_id
from dfa.task_schedule
where pipeline_id = any($1) and tracking = 'SUCCESS'
order by update_date desc, pipeline_id
for share skip locked
