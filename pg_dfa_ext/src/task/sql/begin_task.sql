-- Writes down a task: type $1, module $2, name $3, run dates $4, run mode $5, parameters $6, priority $7, steps $8, the task
-- that set it off $9.
with task as (
    insert into dfa.task_process
        (process_id, process_type, process_module, process_name_put, process_name_get, run_date_put, run_mode, parameters,
         priority, process_message, process_number_put, parent)
    select dfa.new_process_id(), $1, $2, $3, $3, $4, $5, $6::json, $7::numeric,
           'Start running ' || quote_literal($3) || ' ...', $8, $9
    returning process_id, process_name_put, process_type
),
told as (
    select pg_notify('dfa_event', json_build_object(
               'event', 'task', 'process_id', process_id, 'name', process_name_put,
               'state', case when process_type like 'background|%' then 'SUBMITTED' else 'PROCESSING' end)::text)
    from task
)
select process_id from task, told
