-- The ids that triggers name: of the pipelines $1, those are pipeline $2 with id $3, pair by pair, and no others.
with gone as (
    delete from dfa.schedule_trigger
    where pipeline_id = any($1)
      and (pipeline_id, trigger_id) not in (select pipeline_id, trigger_id from unnest($2, $3) as named (pipeline_id, trigger_id))
)
insert into dfa.schedule_trigger (pipeline_id, trigger_id)
select distinct pipeline_id, trigger_id from unnest($2, $3) as named (pipeline_id, trigger_id)
on conflict do nothing
