-- Steps that nobody could see before: of pipeline $17.
step as (
    insert into dfa.task_step
        (id, process_id, step_order, pipeline_name, node, run_date, choose, state, attempts, rows, process_rows, audits,
         started_at, finished_at, process_time, message, error, worker)
    select id, $1, step_order, $17, node, run_date, array(select json_array_elements_text(chosen::json)),
           state::dfa.step_state, case when state = 'BLOCKED' then 0 else 1 end, rows, process_rows,
           audits, finished_at - make_interval(secs => seconds::float8), finished_at, seconds, message, error, pg_backend_pid()
    from ended
),
