-- Writes down a task: type $1, module $2, name $3, run dates $4, run mode $5, parameters $6, priority $7, steps $8.
-- An id is the time to the microsecond and six digits of a counter.
with task as (
    insert into dfa.task_process
        (process_id, process_type, process_module, process_name_put, process_name_get, run_date_put, run_mode, parameters,
         priority, process_message, process_number_put)
    select to_char(clock_timestamp(), 'YYYYMMDDHH24MISSUS')
               || lpad((nextval('dfa.task_number_seq') % 1000000)::text, 6, '0'),
           $1, 'framework|' || $2, $3, $3, $4, $5, $6::json, $7::numeric,
           'Start running ' || quote_literal($3) || ' ...', $8
    returning process_id, process_name_put, process_type
),
told as (
    select pg_notify('dfa_event', json_build_object(
               'event', 'task', 'process_id', process_id, 'name', process_name_put,
               'state', case when process_type like 'background|%' then 'SUBMITTED' else 'PROCESSING' end)::text)
    from task
)
select process_id from task, told
