-- A tracking row for each pipeline (ids $1, names $2, next slots $3); a row that is there keeps its tracking. A new one has not succeeded yet, and
-- looks at what succeeds from now on.
with given as (
    select id, name, next_slot::timestamptz as next_slot from unnest($1, $2, $3) as given (id, name, next_slot)
),
renamed as (
    delete from dfa.task_schedule as known
    using given
    where known.pipeline_name = given.name and known.pipeline_id <> given.id
    returning known.pipeline_name, known.pipeline_type, known.tracking, known.update_date, known.active_flg
)
insert into dfa.task_schedule as known
    (pipeline_id, pipeline_name, kind, pipeline_type, tracking, update_date, active_flg, next_slot, started_at, ended_at)
select given.id, given.name, 'pipeline', coalesce(renamed.pipeline_type, 'pipeline'), coalesce(renamed.tracking, 'SUCCESS'),
       coalesce(renamed.update_date, 'epoch'), coalesce(renamed.active_flg, 'Y'), given.next_slot, clock_timestamp(),
       coalesce(renamed.update_date, 'epoch')
from given left join renamed on renamed.pipeline_name = given.name
on conflict (pipeline_id) do update
set pipeline_name = excluded.pipeline_name, kind = 'pipeline', next_slot = excluded.next_slot
