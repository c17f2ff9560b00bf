-- Ids $1 that triggers or alerts name and that no pipeline has are external sources: something outside reports them.
insert into dfa.task_schedule (pipeline_id, pipeline_name, pipeline_type)
select distinct id, id, 'source'
from unnest($1) as mentioned (id)
on conflict do nothing
