-- The end of task $1: status $2, message $3, objects $4, done of them $5.
update dfa.task_process
set status = $2, process_message = $3, process_number_put = $4, process_number_get = $5, process_name_get = process_name_put,
    run_date_get = case when $2 = 0 then run_date_put end, update_date = clock_timestamp(),
    finished_at = clock_timestamp(), process_time = extract(epoch from clock_timestamp() - created_at)
where process_id = $1
