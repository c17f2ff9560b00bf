-- The end of step $1 of task $8, or of an attempt at it: state $2, rows $3 and by process $4, seconds $5, message $6,
-- error $7, run mode $9, tried again after $10 seconds.
-- A step that did something to its table, or tried to, has a row in the table's log; one that was skipped has none.
with step as (
    update dfa.task_step
    set state = $2::dfa.step_state, rows = $3, process_rows = $4::json, attempts = attempts + 1,
        started_at = clock_timestamp() - make_interval(secs => $5), finished_at = clock_timestamp(),
        process_time = $5::numeric, message = $6, error = $7::json, worker = pg_backend_pid(),
        retry_at = clock_timestamp() + make_interval(secs => $10)
    where id = $1
    returning node, run_date
),
watermark as (
    select data_date from dfa.data_pipeline where table_name = (select node from step)
),
logged as (
    insert into dfa.data_logging
        (table_name, data_date, run_date, row_record, process_time, action_type, status, process_id, step_id, message,
         attempt_of)
    select node, (select data_date from watermark), run_date, $3, $5::numeric, $9::dfa.action_type,
           case when $2 = 'SUCCESS' then 0 else 1 end, $8, $1, $6,
           (select id from dfa.data_logging as earlier
            where earlier.table_name = node and earlier.run_date = step.run_date
              and earlier.action_type = $9 and earlier.status = 1
            order by id desc limit 1)
    from step
    where $2 <> 'SKIPPED'
)
select pg_notify('dfa_event', json_build_object(
           'event', 'step', 'process_id', $8, 'step_id', $1, 'node', node, 'run_date', run_date, 'state', $2,
           'rows', $3, 'message', left($6, 1000), 'seconds', $5, 'sqlstate', $7::json ->> 'sqlstate')::text)
from step
