-- The pipeline $1 is being run by task $2.
update dfa.task_schedule set tracking = 'PROCESSING', process_id = $2, started_at = clock_timestamp()
where pipeline_name = $1 and kind = 'pipeline'
