-- Foreground tasks whose session has gone say so; their steps can be resumed. Returns the tasks.
with lost as (
    update dfa.task_process as task
    set status = 1, finished_at = clock_timestamp(), update_date = clock_timestamp(),
        process_message = case process_module
            when 'data|ingestion' then 'Error: no chunk came for a day and no end; those that came are in the table'
            else 'Error: the session that ran it has ended; dfa.resume goes on with the steps that are left' end,
        process_number_get = (select count(*) from dfa.task_step as step
                              where step.process_id = task.process_id and step.state in ('SUCCESS', 'SKIPPED'))
    where process_id in (select process_id from dfa.lost_task)
    returning process_id, process_name_put
),
step as (
    update dfa.task_step set state = 'CANCELLED'
    where process_id in (select process_id from lost) and state in ('WAITING', 'PROCESSING')
      and id not in (select step_id from dfa.front_session)
),
tracked as (
    update dfa.task_schedule as tracked
    set tracking = 'FAILED', update_date = now.at, ended_at = now.at, failures = failures + 1
    from lost, (select clock_timestamp() as at) as now
    where tracked.process_id = lost.process_id and tracked.tracking = 'PROCESSING'
)
select process_id from lost
