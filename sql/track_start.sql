-- The pipeline $1 is being run.
update dfa.task_schedule set tracking = 'PROCESSING'
where pipeline_name = $1 and pipeline_type = 'pipeline'
