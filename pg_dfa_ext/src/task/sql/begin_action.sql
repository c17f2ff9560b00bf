-- Writes down a task that is no run: type $1, name $2, run date $3 (null: today), module $4, number of objects $5,
-- parameters $6.
insert into dfa.task_process
    (process_id, process_type, process_name_put, run_date_put, process_module, process_number_put, parameters)
values (dfa.new_process_id(), $1, $2, coalesce($3, current_date::text), $4, $5, $6::json)
returning process_id
