, every_step as (
    select step.run_date, state, step.node, step_order, message, error from ended join step using (id)
),
