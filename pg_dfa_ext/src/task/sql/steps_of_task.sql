-- The steps of task $1, which are rows by now.
with every_step as (
    select run_date, state::text as state, node, step_order, message, error from dfa.task_step where process_id = $1
),
