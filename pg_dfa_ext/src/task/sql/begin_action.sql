-- Writes down a task that is no run: type $1, name $2, run date $3, module $4, number of objects $5, parameters $6.
insert into dfa.task_process
    (process_id, process_type, process_name_put, run_date_put, process_module, process_number_put, parameters)
values (to_char(clock_timestamp(), 'YYYYMMDDHH24MISSUS')
            || lpad((nextval('dfa.task_number_seq') % 1000000)::text, 6, '0'),
        $1, $2, $3, $4, $5, $6::json)
returning process_id
