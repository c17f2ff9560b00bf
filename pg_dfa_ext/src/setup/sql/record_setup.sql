-- The task of a setup that is done: name $1, $2 objects, $3 of them without failure, failures $4, seconds $5.
insert into dfa.task_process
    (process_id, process_type, process_name_put, process_name_get, process_message, process_time, process_number_put,
     process_number_get, process_module, status, finished_at)
values (to_char(clock_timestamp(), 'YYYYMMDDHH24MISSUS')
            || lpad((nextval('dfa.task_number_seq') % 1000000)::text, 6, '0'),
        'foreground|table', $1, $1, coalesce(nullif($4, ''), format('Success: Setup %L', $1)), $5, $2, $3,
        'framework|setup', case when $4 = '' then 0 else 1 end, clock_timestamp())
