-- Steps that nobody could see before: of pipeline $13, orders $14, nodes $15, run dates $16, the processes of each as a JSON
-- list $17.
step as (
    insert into dfa.task_step
        (id, process_id, step_order, pipeline_name, node, run_date, choose, state, attempts, rows, process_rows, audits,
         started_at, finished_at, process_time, message, error, worker)
    select id, $1, step_order, $13, node, run_date::date, array(select json_array_elements_text(chosen::json)),
           state::dfa.step_state, case when state = 'BLOCKED' then 0 else 1 end, rows, process_rows,
           audits, finished_at - make_interval(secs => seconds::float8), finished_at, seconds, message, error, pg_backend_pid()
    from ended join unnest($2, $14, $15, $16, $17) as given (id, step_order, node, run_date, chosen) using (id)
    returning id, node, run_date, step_order
),
