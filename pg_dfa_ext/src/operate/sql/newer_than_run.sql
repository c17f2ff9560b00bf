-- The ids that the triggers of the pipelines $1 name and that succeeded since the last run of each began.
select pipeline.pipeline_name, id.pipeline_id as id
from dfa.task_schedule as pipeline
     join dfa.schedule_trigger as named using (pipeline_id)
     join dfa.task_schedule as id on id.pipeline_id = named.trigger_id
where pipeline.kind = 'pipeline' and pipeline.pipeline_name = any($1) and id.tracking = 'SUCCESS'
  and id.update_date > case when pipeline.update_date is distinct from pipeline.ended_at then pipeline.update_date
                            else pipeline.started_at end
