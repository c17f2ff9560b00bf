, every_step as (
    select run_date, state, node, step_order, message, error from ended
),
