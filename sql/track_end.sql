-- The run of pipeline $1 has ended: $2 with success or not; $3: the ids that count as updated with it.
update dfa.task_schedule
set tracking = case when $2 then 'SUCCESS' else 'FAILED' end::dfa.tracking,
    update_date = clock_timestamp()
where pipeline_name = $1 and pipeline_type = 'pipeline'
   or $2 and pipeline_id = any($3)
