-- Ids $1 that triggers or alerts name and that no pipeline has are external sources: something outside reports them.
insert into dfa.task_schedule (pipeline_id, pipeline_name, pipeline_type, update_date)
select distinct id, id, 'source', timestamptz 'epoch'
from unnest($1) as mentioned (id)
on conflict do nothing
